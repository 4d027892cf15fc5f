#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mote/io/file.h"

namespace mote::io {

/// Where one image file directory (IFD) of a TIFF lies, and what it is for.
struct TiffDirectory {
  int64_t offset = 0;
  int64_t next_offset_at = 0;  ///< where the file says which directory comes next
  bool is_frame = true;        ///< not a thumbnail, a reduced copy or a transparency mask
};

/// The chain of directories in a TIFF file.
struct TiffChain {
  bool big = false;         ///< BigTIFF: offsets of 8 bytes
  bool big_endian = false;  ///< `MM`
  std::vector<TiffDirectory> directories;
  std::string damage;  ///< why the chain breaks off after the last directory; empty if it does not
};

/// True where `leading_bytes` are those of a TIFF or BigTIFF file.
bool looks_like_tiff(const std::string& leading_bytes);

/// Walks the chain without decoding anything: one read a directory.
///
/// TIFF Revision 6.0 (Adobe, 1992), sec. 2; BigTIFF as in libtiff's specification.
///
/// Throws kBadFile where there is no directory at all or the chain leads back into itself.
TiffChain read_tiff_chain(const File& file);

/// A number as TIFF stores it.
struct TiffRational {
  uint32_t numerator = 0;
  uint32_t denominator = 0;
};

/// The rational number of field `tag` in `directory`, exactly (libtiff hands out a float).
std::optional<TiffRational> tiff_rational(const File& file, const TiffChain& chain,
                                          const TiffDirectory& directory, int tag);

/// A field as it is stored.
struct TiffField {
  int type = 0;       ///< 2 is ASCII, 12 float64, ...
  std::string bytes;  ///< of all its values, in the file's byte order
};

/// The tags that `directory` has, in its order.
std::vector<int> tiff_tags(const File& file, const TiffChain& chain,
                           const TiffDirectory& directory);

/// Field `tag` of `directory`; nothing where there is none, or the file does not hold its values.
/// Of fields over a megabyte the first one is given.
std::optional<TiffField> tiff_field(const File& file, const TiffChain& chain,
                                    const TiffDirectory& directory, int tag);

}  // namespace mote::io
