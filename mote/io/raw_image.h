#pragma once

#include <cstdint>

#include "mote/core/image.h"
#include "mote/io/file.h"
#include "mote/io/stored_type.h"

namespace mote::io {

/// Images of one kind, uncompressed and without padding between rows.
struct RawFormat {
  Size size;
  StoredType stored = StoredType::kUint8;
  bool big_endian = false;
  bool bottom_up = false;  ///< the last row comes first

  /// Of the image that is read.
  SampleType type() const;
  bool colour() const { return stored == StoredType::kRgb8 || stored == StoredType::kBgra8; }
  int64_t row_bytes() const;
  int64_t bytes() const { return row_bytes() * size.height; }
};

/// The longest side of an image: products of what `checked_size` lets pass fit into 64 bits.
inline constexpr int64_t kMaxSidePx = 1'000'000;

/// The size that a header claims. Throws kBadFile unless both sides are 1 to kMaxSidePx.
Size checked_size(int64_t height, int64_t width);

/// Throws kBadFile where the file does not hold `images` images in one piece from `offset` on.
void check_held(const RawFormat& format, int64_t images, int64_t offset, int64_t file_bytes);

/// The image whose samples, in the machine's byte order, are the `size.area()` ones from `samples`
/// on, of whole bytes each. Throws kUnsupported as read_raw_image.
Image image_of(const std::byte* samples, Size size, StoredType stored);

/// The image that lies at `offset`. Takes no memory before it knows that the file holds it.
/// Throws kBadFile where the file ends before it does, kUnsupported for a 64-bit integer beyond
/// 2^53, which float64 does not hold.
Image read_raw_image(const File& file, int64_t offset, const RawFormat& format);

}  // namespace mote::io
