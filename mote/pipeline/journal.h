#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/mask.h"
#include "mote/io/output_file.h"
#include "mote/measure/instance.h"
#include "mote/track/tracker.h"

namespace mote::pipeline {

/// One instance of a finalised frame, as the journal keeps it.
struct JournalInstance {
  int32_t cluster = 0;
  std::vector<int32_t> tracks;  ///< provisional ids; empty where nothing is tracked
  Source source = Source::kAuto;
  measure::InstanceMeasures measures;
  Mask mask;
};

/// A finalised frame, as the journal keeps it.
struct JournalFrame {
  int64_t index = 0;         ///< among the frames that were processed, from 0
  int64_t source_index = 0;  ///< in the Recording
  std::optional<double> time_s;
  Size size;
  int64_t excluded_px = 0;               ///< outside the mask, or under a bar
  std::map<std::string, double> values;  ///< threshold, readings of the recording, ...
  std::vector<std::string> warnings;
  std::vector<JournalInstance> instances;  ///< in order of label
  std::vector<track::TrackedNeck> necks;   ///< of provisional ids
};

/// The payload of a kFrame record, and back. Decoding throws kBadFile where bytes are missing.
std::string encode(const JournalFrame& frame);
JournalFrame decode_frame(const std::string& bytes);

/// The payload of a kChanges record, what a tracker said besides frames, and back. Decoding throws
/// kBadFile where bytes are missing.
std::string encode_changes(const track::TrackerOutput& output);
track::TrackerOutput decode_changes(const std::string& bytes);

enum class RecordType : uint32_t {
  kHeader = 1,    ///< JSON: what must be equal for the run to be continued
  kFrame = 2,     ///< JournalFrame
  kChanges = 3,   ///< track::TrackerOutput without frames
  kBadFrame = 4,  ///< JSON: a frame that was left out, and why
  kEnd = 5,       ///< JournalEnd: pass 1 is complete
};

/// Begins a journal with its header, in the place of one that was there: none is ever without.
/// Returns its length. Throws kResource.
int64_t begin_journal(const std::string& path, const std::string& header);

/// The file that pass 1 appends to and pass 2 reads: records of {type, length, XXH3 of the payload,
/// payload}. A torn record at the end, left by a kill, reads as the end.
class JournalWriter {
 public:
  /// Continues a journal at `keep_bytes`, cutting off what follows.
  /// Throws kResource where the file cannot be written.
  JournalWriter(const std::string& path, int64_t keep_bytes);

  /// Throws kResource where the disk is full.
  void append(RecordType type, const std::string& payload);
  int64_t bytes() const { return bytes_; }
  /// Waits until everything appended is on the disk.
  void sync() { file_.sync(); }

 private:
  io::OutputFile file_;
  int64_t bytes_ = 0;
};

/// One whole record; what `payload` holds goes by `type`.
struct JournalRecord {
  RecordType type = RecordType::kHeader;
  std::string payload;
};

/// Reads a journal record by record, from its beginning.
class JournalReader {
 public:
  /// Throws kNotFound. A file that is no journal has no records.
  explicit JournalReader(const std::string& path);
  ~JournalReader();
  JournalReader(const JournalReader&) = delete;
  JournalReader& operator=(const JournalReader&) = delete;

  /// The next whole record, or nothing at the end or at a torn one.
  std::optional<JournalRecord> next();
  /// Where the last whole record ends.
  int64_t bytes() const { return bytes_; }

 private:
  int file_ = -1;
  int64_t bytes_ = 0;
  int64_t file_bytes_ = 0;
};

}  // namespace mote::pipeline
