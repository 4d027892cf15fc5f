#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "mote/core/calibration.h"
#include "mote/core/image.h"
#include "mote/io/output_file.h"

namespace mote::io {

/// Writes a series of images as an MRC file: int8 as mode 0, int16 as 1, float32 as 2, uint16 as 6,
/// in the machine's byte order, space group 0, rows in their order. The cell tells the pixel size,
/// in angstrom as float32; the format holds no time. Statistics stand in the header at the end.
///
/// Cheng et al., J. Struct. Biol. 192, 2015 (10.1016/j.jsb.2015.04.002).
class MrcWriter {
 public:
  /// Throws kResource, as every function here does, with the path in front, where the file cannot
  /// be made or written.
  MrcWriter(const std::string& path, std::optional<PixelSize> pixel_size);

  /// Throws kUnsupported for another sample type, kUsage where size or type differ from the first
  /// image's.
  void write(const Image& image);

  /// Writes the header, without which the file is none, syncs and closes.
  void close();

 private:
  void add_to_statistics(const Image& image);

  std::string path_;
  OutputFile file_;
  std::optional<PixelSize> pixel_size_;
  Size size_;
  SampleType type_ = SampleType::kInt16;
  int64_t images_ = 0;
  double least_ = std::numeric_limits<double>::infinity();
  double most_ = -std::numeric_limits<double>::infinity();
  double sum_ = 0;
  double sum_of_squares_ = 0;
};

}  // namespace mote::io
