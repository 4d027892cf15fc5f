#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <tiffio.h>

#include "mote/io/file.h"

namespace mote::io {

/// The most bytes that an image of a TIFF file may take.
inline constexpr double kMaxTiffImageBytes = 4.0 * (1LL << 30);

/// What libtiff is shown: the file, but with the header leading to one directory and that one being
/// the last. So opening an image costs the same wherever it stands in the chain.
struct TiffView {
  const File* file = nullptr;
  bool big = false;
  uint8_t first_offset[8] = {};  ///< of the directory, in the file's byte order
  int64_t next_offset_at = 0;    ///< where the directory says which comes next
  int64_t position = 0;
  std::string error;         ///< libtiff's first since it was last cleared; nothing is printed
  std::string jpeg_warning;  ///< libtiff warns where JPEG data is cut off, and goes on with grey
};

struct TiffCloser {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
using TiffHandle = std::unique_ptr<TIFF, TiffCloser>;

/// `view` must outlive the handle. Throws kBadFile where libtiff cannot make out the directory.
TiffHandle open_tiff_view(TiffView& view);

}  // namespace mote::io
