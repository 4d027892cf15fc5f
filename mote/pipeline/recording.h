#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/frame_source.h"

namespace mote::pipeline {

/// Which part of a recording is used, and how it is calibrated: the options that every command has.
struct RecordingOptions {
  std::string path;
  std::string frames;   ///< `A:B:STEP`, B excluded, as in Python; any part may be missing
  std::string roi;      ///< `x=..,y=..,w=..,h=..` in recorded pixels
  std::string mask;     ///< image file: zero pixels are left out
  int64_t bin = 1;      ///< mean of bin x bin pixels
  int64_t average = 1;  ///< mean of so many consecutive frames
  std::optional<int64_t> channel;
  std::optional<int64_t> z;
  std::string pixel_size;      ///< as parse_pixel_size reads it; overrides the file's
  std::string frame_interval;  ///< as parse_frame_interval reads it; overrides the file's
  bool keep_bars = false;      ///< keep scale and data bars in the field
  bool skip_bad_frames = false;
};

/// A recording as the user asked for it: selected, cropped, binned, averaged, with calibration and
/// exposure following. Frames count from 0 over what is left; `recorded_index` maps back.
class Recording {
 public:
  /// Throws as io::open_frames, and kUsage on options that do not fit the recording.
  static Recording open(const RecordingOptions& options);

  const RecordingInfo& info() const { return info_; }

  /// Frame `index` of [0, info().frames); its image is float32 where binned or averaged, else as
  /// recorded. Safe to call from several threads: reading is serialised, the rest is not.
  /// Throws with `frame N` (as recorded) in front of the message.
  Frame read(int64_t index);

  /// The (first) recorded frame behind frame `index`.
  int64_t recorded_index(int64_t index) const;

  /// Time of frame `index`: its stamp, else index x interval, else nothing.
  std::optional<double> time_s(int64_t index) const;

  /// Pixels that are no specimen: outside --mask, and detected bars; empty where there are none.
  const BinaryImage& excluded() const { return excluded_; }

 private:
  RecordingInfo info_;
  BinaryImage excluded_;
};

}  // namespace mote::pipeline
