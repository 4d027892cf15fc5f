#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "mote/core/image.h"
#include "mote/io/file.h"
#include "mote/io/tiff_chain.h"

namespace mote::io {

/// What the directory of one image in a TIFF file says.
struct TiffPageInfo {
  Size size;
  SampleType type = SampleType::kUint8;  ///< of the image that read() gives
  bool colour = false;
  bool contiguous = false;  ///< uncompressed, in one piece from `data_offset` on
  int64_t data_offset = 0;
  int64_t data_bytes = 0;  ///< of the image as stored, where contiguous
  int resolution_unit = 2;
  std::string description;
  std::map<std::string, std::string> metadata;  ///< compression, software, date, ...
};

/// One image of a TIFF file, decoded by libtiff, which sees a file of this image only: whatever the
/// file's other directories hold costs nothing and does no harm.
class TiffPage {
 public:
  /// `file` must outlive the page.
  /// Throws kBadFile where the directory is damaged or claims more than the file could hold,
  /// kUnsupported where the image is of a kind that mote does not read.
  TiffPage(const File& file, const TiffChain& chain, const TiffDirectory& directory);
  ~TiffPage();
  TiffPage(const TiffPage&) = delete;
  TiffPage& operator=(const TiffPage&) = delete;

  const TiffPageInfo& info() const;

  /// Takes the stored numbers as the values even where a palette or white-is-zero says how to show
  /// them. ImageJ writes both for its display look-up tables.
  void ignore_display_tables();

  /// Throws kBadFile where the image cannot be decoded.
  Image read();

  /// The image stored `index` images after this one without a directory of its own, as in ImageJ
  /// stacks of over 4 GB; the page must be contiguous.
  /// Throws kBadFile where the file ends before it does.
  Image read_following(int64_t index);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mote::io
