#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mote::pipeline {

/// What a run continues from: the state of all that sees frames in order, and the journal's length
/// at that moment.
struct Checkpoint {
  int64_t journal_bytes = 0;
  std::string state;
};

/// A checkpoint that is being written. The state goes to the disk at once, since it is as large as
/// many frames and would otherwise be held until the journal has come as far.
class CheckpointWriter {
 public:
  /// `number` tells apart what is written at the same time. Throws kResource, as `write` and
  /// `publish` do.
  CheckpointWriter(std::string path, int64_t number);
  /// Removes what was not published.
  ~CheckpointWriter();
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  void write(std::string_view state);

  /// Replaces the checkpoint at the path, by a rename, once the journal's first bytes are on the
  /// disk.
  void publish(int64_t journal_bytes);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The checkpoint at `path`, or nothing where there is none yet.
/// Throws kBadFile where it is damaged or of another version of mote.
std::optional<Checkpoint> read_checkpoint(const std::string& path);

}  // namespace mote::pipeline
