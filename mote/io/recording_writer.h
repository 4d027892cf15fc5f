#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mote/core/calibration.h"
#include "mote/core/frame.h"

namespace mote::io {

/// What frames are written as.
enum class RecordingFormat { kTiff, kOmeTiff, kOmeZarr, kMrc, kPngStills };

/// What a writer is told before the first frame.
struct RecordingWriterOptions {
  std::string name;    ///< of the recording, where the format has a place for it
  int64_t frames = 0;  ///< that will come, all of one size and type
  std::optional<PixelSize> pixel_size;
  std::optional<FrameInterval> frame_interval;
  std::optional<double> exposure_s;
  std::map<std::string, std::string> instrument;  ///< of RecordingInfo
  int64_t bytes_expected = 0;                     ///< of all samples; decides on BigTIFF
};

/// A seam: where frames go. Holds little more than one frame.
class RecordingWriter {
 public:
  virtual ~RecordingWriter() = default;
  RecordingWriter() = default;
  RecordingWriter(const RecordingWriter&) = delete;
  RecordingWriter& operator=(const RecordingWriter&) = delete;

  /// Appends a frame; its time and image count. Throws kResource, with the path in front, where it
  /// cannot be written.
  virtual void write(const Frame& frame) = 0;
  /// Writes what is known at the end only, syncs and closes. Throws likewise.
  virtual void close() = 0;
};

/// What a format is called, and what it holds.
struct RecordingFormatInfo {
  RecordingFormat format = RecordingFormat::kTiff;
  std::string_view name;                     ///< as `--to` takes it
  std::string_view title;                    ///< `OME-TIFF`
  std::vector<std::string_view> extensions;  ///< with the dot, longest first
  std::vector<SampleType> types;
  std::vector<std::string> names;  ///< that its folder holds, such as `*.png`; none: it is a file
  bool pixel_size = false;
  bool frame_interval = false;
  bool time_stamps = false;
  bool exposure = false;
  bool instrument = false;
};

/// All formats that frames are written as, those of longer extensions first.
const std::vector<RecordingFormatInfo>& recording_formats();

/// Throws kResource where the file or folder cannot be made.
std::unique_ptr<RecordingWriter> make_recording_writer(RecordingFormat format,
                                                       const std::string& path,
                                                       const RecordingWriterOptions& options);

}  // namespace mote::io
