#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "mote/core/error.h"

namespace mote {

/// Appends plain values to a string of bytes, in the machine's own byte order.
class ByteWriter {
 public:
  template <typename T>
  void put(const T& value) {
    static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  void put(std::string_view text) {
    put<uint64_t>(text.size());
    bytes_.append(text);
  }
  template <typename T>
  void put(const std::vector<T>& values) {
    static_assert(std::is_arithmetic_v<T>);
    put<uint64_t>(values.size());
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }

  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Takes values off a string of bytes that ByteWriter made.
/// Throws kBadFile where it ends too early, or a length claims more than is left.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
  T get() {
    static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>);
    require(sizeof(T));
    T value;
    std::memcpy(&value, rest_.data(), sizeof(T));
    rest_.remove_prefix(sizeof(T));
    return value;
  }
  std::string get_text() {
    const uint64_t size = get<uint64_t>();
    require(size);
    std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return text;
  }
  template <typename T>
  std::vector<T> get_vector() {
    const uint64_t size = get<uint64_t>();
    if (size > rest_.size() / sizeof(T)) {
      require(rest_.size() + 1);
    }
    std::vector<T> values(size);
    std::memcpy(values.data(), rest_.data(), size * sizeof(T));
    rest_.remove_prefix(size * sizeof(T));
    return values;
  }
  /// A count of things of which each takes at least `least_bytes`.
  uint64_t get_count(uint64_t least_bytes) {
    const uint64_t count = get<uint64_t>();
    if (count > rest_.size() / least_bytes) {
      require(rest_.size() + 1);
    }
    return count;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  void require(uint64_t bytes) const {
    if (bytes > rest_.size()) {
      throw Error(ErrorKind::kBadFile, "saved state ends too early: {} bytes left, {} expected",
                  rest_.size(), bytes);
    }
  }

  std::string_view rest_;
};

}  // namespace mote
