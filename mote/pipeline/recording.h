#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/frame_source.h"
#include "mote/pipeline/frame_log.h"

namespace mote::pipeline {

/// Which part of a recording is used, and how it is calibrated: the options that every command has.
struct RecordingOptions {
  std::string path;
  std::string frames;   ///< as parse_frames reads it
  std::string roi;      ///< as parse_roi reads it, in recorded pixels
  std::string mask;     ///< image file of the recorded size: zero pixels are left out
  int64_t bin = 1;      ///< mean of bin x bin pixels
  int64_t average = 1;  ///< mean of so many consecutive selected frames
  std::optional<int64_t> channel;
  std::optional<int64_t> z;
  std::string pixel_size;      ///< of a recorded pixel, as parse_pixel_size reads it; overrides
  std::string frame_interval;  ///< between recorded frames, as parse_frame_interval; overrides
  std::string exposure;        ///< of a recorded frame, as parse_exposure_s reads it; overrides
  std::string log;             ///< CSV of readings against time, joined to the frames; or empty
  std::string log_offset;      ///< as FrameLog::open reads it
  bool keep_bars = false;      ///< keep scale and data bars in the field
  bool any_size = false;       ///< stills: may differ in size, and each has its own bars
  bool skip_bad_frames = false;
};

/// A frame, and what of it is no specimen.
struct FieldFrame {
  Frame frame;
  std::shared_ptr<const BinaryImage> excluded;  ///< never null; empty where nothing is left out
  std::vector<std::string> warnings;            ///< bars found in this frame
};

/// A recording as the user asked for it: selected, cropped, binned, averaged, with calibration and
/// exposure following. Frames count from 0 over what is left; `recorded_index` maps back.
///
/// Frames left over by --average, and rows and columns left over by --bin, are left out.
class Recording {
 public:
  /// Throws as io::open_frames, and kUsage on options that do not fit the recording.
  static Recording open(const RecordingOptions& options);

  /// The same over frames from elsewhere; `options.path` stands in messages only.
  static Recording from(std::unique_ptr<FrameSource> source, const RecordingOptions& options);

  Recording(Recording&&) noexcept;
  Recording& operator=(Recording&&) noexcept;
  ~Recording();

  const RecordingInfo& info() const;

  /// Frame `index` of [0, info().frames), with its time as `time_s` gives it; its image is float32
  /// where binned or averaged, else as recorded. Named values are averaged along. A few samples
  /// that are not finite are replaced by the median around them and counted in the value
  /// `repaired_samples`.
  ///
  /// Safe to call from several threads: reading is serialised, the rest is not.
  /// Throws kBadFile where a frame behind it cannot be read or is not finite, kUsage where its size
  /// differs from the first's; the message begins with path and recorded frame.
  Frame read(int64_t index);

  /// As `read`, with what is left out: `excluded()`, and with `any_size` the bars of this frame.
  /// Throws kUsage where nothing of the field is left.
  FieldFrame read_field(int64_t index);

  /// The (first) recorded frame behind frame `index`.
  int64_t recorded_index(int64_t index) const;

  /// Frames that the recording holds on disk, before any were selected.
  int64_t recorded_frames() const;

  /// Time of frame `index`, the mean of those behind it: their stamps, else recorded frame number x
  /// interval, else nothing. --frame-interval overrides stamps. Decodes a frame only where the
  /// recording has stamps and the frame was not read yet. Safe to call from several threads.
  std::optional<double> time_s(int64_t index) const;

  /// What --log gives for frame `index`, the mean over the frames behind it; part of what `read`
  /// gives. Decodes a frame only as `time_s` does.
  std::map<std::string, double> log_values(int64_t index) const;

  /// The log of --log; null without one.
  const FrameLog* log() const;

  /// True where times come from stamps in the frames; single frames may lack theirs.
  bool stamped() const;

  /// Pixels that are no specimen in any frame: outside --mask, and unless `any_size` the bars of
  /// the first frame; empty where there are none.
  const BinaryImage& excluded() const;

 private:
  struct Impl;
  explicit Recording(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace mote::pipeline
