#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/calibration.h"
#include "mote/core/frame.h"

namespace mote {

/// What a recording is, read from its header without decoding a frame.
struct RecordingInfo {
  std::string format;  ///< `TIFF`, `PNG stills`, `MP4 (h264)`, ...
  int64_t frames = 0;
  Size size;  ///< of the first frame
  SampleType type = SampleType::kUint8;
  int64_t channels = 1;
  int64_t slices = 1;   ///< z
  bool colour = false;  ///< RGB(A), turned into grey by ITU-R BT.601 luma
  std::optional<PixelSize> pixel_size;
  std::optional<FrameInterval> frame_interval;
  std::optional<double> exposure_s;
  /// What matters of the metadata: microscope, voltage, magnification, date, ...
  std::map<std::string, std::string> instrument;
  std::vector<std::string> files;               ///< on disk, in reading order; for its identity
  std::map<std::string, std::string> metadata;  ///< whatever else the file says, for `mote info`
  std::vector<std::string> warnings;            ///< survivable: a playback rate that is no interval
};

/// A seam: where frames come from. Decodes one frame at a time, in any order.
///
/// Not safe to share between threads. Reading a frame twice gives the same bytes.
class FrameSource {
 public:
  virtual ~FrameSource() = default;
  FrameSource() = default;
  FrameSource(const FrameSource&) = delete;
  FrameSource& operator=(const FrameSource&) = delete;

  virtual const RecordingInfo& info() const = 0;

  /// Frame `index` of [0, info().frames).
  /// Throws kBadFile where it cannot be decoded; the message does not repeat path or index.
  virtual Frame read(int64_t index) = 0;
};

}  // namespace mote
