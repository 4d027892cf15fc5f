#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <type_traits>

#include "mote/io/file.h"

namespace mote::io {

/// `value` with its bytes in the opposite order.
template <typename T>
T byte_swapped(T value) {
  static_assert(std::is_trivially_copyable_v<T>);
  if constexpr (sizeof(T) == 1) {
    return value;
  } else if constexpr (sizeof(T) == 2) {
    return std::bit_cast<T>(__builtin_bswap16(std::bit_cast<uint16_t>(value)));
  } else if constexpr (sizeof(T) == 4) {
    return std::bit_cast<T>(__builtin_bswap32(std::bit_cast<uint32_t>(value)));
  } else {
    static_assert(sizeof(T) == 8);
    return std::bit_cast<T>(__builtin_bswap64(std::bit_cast<uint64_t>(value)));
  }
}

/// Takes the numbers of a header out of a file, one after the other or by their offset. The file is
/// read by pieces, so that many small numbers cost few accesses.
///
/// Every function that reads throws kBadFile where the file ends too early, naming both ends.
class BinaryReader {
 public:
  /// `file` must outlive the reader; it is read `piece_bytes` at a time.
  explicit BinaryReader(const File& file, std::endian order = std::endian::little,
                        int64_t piece_bytes = 1 << 14)
      : file_(&file), order_(order), piece_bytes_(piece_bytes) {}

  std::endian order() const { return order_; }
  void set_order(std::endian order) { order_ = order; }
  int64_t position() const { return position_; }
  int64_t file_bytes() const { return file_->bytes(); }
  int64_t bytes_left() const { return file_->bytes() - position_; }
  /// Throws kBadFile for an offset outside the file.
  void seek(int64_t offset);
  void skip(int64_t count);

  template <typename T>
  T get() {
    T value{};
    take(&value, sizeof(T));
    return order_ == std::endian::native ? value : byte_swapped(value);
  }
  template <typename T>
  T get_at(int64_t offset) {
    seek(offset);
    return get<T>();
  }
  /// `count` bytes as they are; the count is checked against the file before memory is taken.
  std::string bytes(int64_t count);
  /// `count` bytes up to the first 0, without spaces at the end, as UTF-8 (see to_utf8).
  std::string text(int64_t count);

 private:
  void take(void* to, int64_t count);

  const File* file_;
  std::endian order_;
  int64_t piece_bytes_;
  int64_t position_ = 0;
  std::string piece_;  // of the file, from piece_at_ on
  int64_t piece_at_ = 0;
};

/// UTF-16 as UTF-8; a lone surrogate becomes U+FFFD. `bytes` holds whole units in `order`.
std::string utf16_to_utf8(const std::string& bytes, std::endian order);

}  // namespace mote::io
