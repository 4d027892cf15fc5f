#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "mote/core/calibration.h"
#include "mote/core/image.h"
#include "mote/core/mask.h"
#include "mote/io/output_file.h"
#include "mote/io/tiff_writer.h"

namespace mote::io {

struct OmeTiffOptions {
  std::optional<PixelSize> pixel_size;
  std::optional<FrameInterval> frame_interval;
  std::optional<double> exposure_s;
  std::string name;  ///< of the image
  /// Of RecordingInfo; written as an annotation of keys and values.
  std::map<std::string, std::string> instrument;
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
  ~OmeTiffWriter();
  OmeTiffWriter(const OmeTiffWriter&) = delete;
  OmeTiffWriter& operator=(const OmeTiffWriter&) = delete;

  void write(const Image& page, std::optional<double> time_s);
  void write(const LabelImage& page, std::optional<double> time_s);

  /// Adds the mask of a particle in page `frame`, from 0 on, as a ROI: a polygon along the edges of
  /// its pixels where it is one piece without holes, else a mask of bits. Corners are whole numbers
  /// at the upper left corner of a pixel. They wait in `PATH.rois`, not in memory.
  /// Throws kUsage for an empty mask.
  void add_roi(const std::string& name, int64_t frame, const Mask& mask);

  /// Writes the OME-XML, which is a stub until then.
  void close();

 private:
  void count(Size size, SampleType type, std::optional<double> time_s);
  std::string image_element() const;
  std::string end_of_image() const;

  OmeTiffOptions options_;
  TiffWriter tiff_;
  Size size_;
  SampleType type_ = SampleType::kUint8;
  int64_t pages_ = 0;
  std::string planes_;  // their elements
  std::string path_;
  std::unique_ptr<OutputFile> rois_;  // none before the first ROI
  int64_t roi_count_ = 0;
};

}  // namespace mote::io
