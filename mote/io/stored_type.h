#pragma once

#include <cstdint>
#include <string_view>

namespace mote::io {

/// How one sample lies in a file that stores images as they are.
enum class StoredType {
  kBool,   ///< a byte, any but 0 is 1
  kUint4,  ///< two a byte, the lower half first; each row begins a byte
  kUint8,
  kInt8,
  kUint16,
  kInt16,
  kUint32,
  kInt32,
  kUint64,  ///< read as float64, up to 2^53
  kInt64,   ///< likewise
  kFloat16,
  kFloat32,
  kFloat64,
  kRgb8,   ///< red, green, blue: read as grey (BT.601)
  kBgra8,  ///< blue, green, red, alpha: likewise
};

/// `uint16`, `RGB of 8 bits`, ...
std::string_view name(StoredType stored);

/// Bits that one pixel takes in the file.
int64_t bits_per_pixel(StoredType stored);

/// Whether samples are read without any change but that of byte order.
bool stored_as_read(StoredType stored);

}  // namespace mote::io
