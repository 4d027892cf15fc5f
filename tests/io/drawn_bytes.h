// Numbers as bytes, for files made on the spot.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

#include "mote/io/binary_reader.h"

namespace mote::io::drawn {

template <typename T>
std::string bytes_of(T value, std::endian order = std::endian::little) {
  if (order != std::endian::native) {
    value = byte_swapped(value);
  }
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

/// 0, 1, 2, ... as samples of type T.
template <typename T>
std::string counting(int64_t count, std::endian order = std::endian::little) {
  std::string bytes;
  for (int64_t i = 0; i < count; ++i) {
    bytes += bytes_of(static_cast<T>(i), order);
  }
  return bytes;
}

/// Writes `value` over the bytes from `offset` on.
template <typename T>
void put(std::string& bytes, size_t offset, T value, std::endian order = std::endian::little) {
  bytes.replace(offset, sizeof(T), bytes_of(value, order));
}

inline void put_text(std::string& bytes, size_t offset, const std::string& text) {
  bytes.replace(offset, text.size(), text);
}

}  // namespace mote::io::drawn
