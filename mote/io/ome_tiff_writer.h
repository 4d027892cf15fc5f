#pragma once

#include <map>
#include <optional>
#include <string>

#include "mote/core/calibration.h"
#include "mote/core/image.h"
#include "mote/io/tiff_writer.h"

namespace mote::io {

struct OmeTiffOptions {
  std::optional<PixelSize> pixel_size;
  std::optional<FrameInterval> frame_interval;
  std::optional<double> exposure_s;
  std::string name;            ///< of the image
  int64_t bytes_expected = 0;  ///< as TiffWriterOptions has it
  int64_t frames = 0;          ///< likewise
};

/// Writes an OME-TIFF of one channel and one z: pages as TiffWriter writes them, and OME-XML
/// (schema 2016-06) in the first one's description: pixel size in nm, interval, and the time stamp
/// and exposure of every plane, in seconds. ImageJ's own calibration is left out; Bio-Formats,
/// tifffile and mote read OME's.
class OmeTiffWriter {
 public:
  /// Throws, as every function here does, as TiffWriter.
  OmeTiffWriter(const std::string& path, const OmeTiffOptions& options);

  void write(const Image& page, std::optional<double> time_s);
  void write(const LabelImage& page, std::optional<double> time_s);

  /// Writes the OME-XML, which is a stub until then.
  void close();

 private:
  void count(Size size, SampleType type, std::optional<double> time_s);

  OmeTiffOptions options_;
  TiffWriter tiff_;
  Size size_;
  SampleType type_ = SampleType::kUint8;
  int64_t pages_ = 0;
  std::string planes_;  // their elements
};

}  // namespace mote::io
