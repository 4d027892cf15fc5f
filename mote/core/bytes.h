#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "mote/core/error.h"
#include "mote/core/grid.h"

namespace mote {

/// Numbers, enumerators, and structs of them; these must be without padding, whose bytes differ
/// from run to run.
template <typename T>
concept PlainValue = std::is_trivially_copyable_v<T> && !std::is_pointer_v<T> &&
                     !std::is_array_v<T> && !std::convertible_to<T, std::string_view>;

/// Appends values to a string of bytes, in the machine's own byte order.
class ByteWriter {
 public:
  template <PlainValue T>
  void put(const T& value) {
    append(&value, sizeof(T));
  }
  void put(std::string_view text) {
    put<uint64_t>(text.size());
    bytes_.append(text);
  }
  template <PlainValue T>
  void put(const std::vector<T>& values) {
    put<uint64_t>(values.size());
    append(values.data(), values.size() * sizeof(T));
  }
  template <PlainValue T>
  void put(const Grid<T>& grid) {
    put(grid.size());
    append(grid.data(), grid.values().size() * sizeof(T));
  }

  /// Each value in turn, as `ByteReader` takes them: one function can then name the values of both.
  template <typename... Types>
  void operator()(const Types&... values) {
    (put(values), ...);
  }

  std::string take() { return std::move(bytes_); }

 private:
  void append(const void* from, size_t count) {
    bytes_.append(static_cast<const char*>(from), count);
  }

  std::string bytes_;
};

/// Takes values off a string of bytes that ByteWriter made.
/// Throws kBadFile where it ends too early, or a size claims more than is left.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  /// The next value, of any type that `get(T&)` takes.
  template <typename T>
  T get() {
    T value{};
    get(value);
    return value;
  }

  template <PlainValue T>
  void get(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      value = get<uint8_t>() != 0;
    } else {
      take(&value, sizeof(T));
    }
  }
  void get(std::string& text) {
    text.resize(get_count(1));
    take(text.data(), text.size());
  }
  template <PlainValue T>
  void get(std::vector<T>& values) {
    values.resize(get_count(sizeof(T)));
    take(values.data(), values.size() * sizeof(T));
  }
  template <PlainValue T>
  void get(Grid<T>& grid) {
    const Size size = get<Size>();
    const auto most = static_cast<int64_t>(rest_.size() / sizeof(T));
    if (size.height < 0 || size.width < 0 || (size.width > 0 && size.height > most / size.width)) {
      throw Error(ErrorKind::kBadFile, "saved state claims {} x {} values, {} bytes are left",
                  size.width, size.height, rest_.size());
    }
    grid = Grid<T>(size);
    take(grid.data(), grid.values().size() * sizeof(T));
  }

  template <typename... Types>
  void operator()(Types&... values) {
    (get(values), ...);
  }

  /// A count of things of which each takes at least `least_bytes`.
  uint64_t get_count(uint64_t least_bytes) {
    const uint64_t count = get<uint64_t>();
    if (count > rest_.size() / least_bytes) {
      throw Error(ErrorKind::kBadFile, "saved state claims {} values, {} bytes are left", count,
                  rest_.size());
    }
    return count;
  }

  /// Throws kBadFile where bytes are left.
  void expect_end() const {
    if (!rest_.empty()) {
      throw Error(ErrorKind::kBadFile, "saved state goes on for {} bytes after its end",
                  rest_.size());
    }
  }

 private:
  void take(void* to, size_t count) {
    if (count > rest_.size()) {
      throw Error(ErrorKind::kBadFile, "saved state ends too early: {} bytes left, {} expected",
                  rest_.size(), count);
    }
    if (count > 0) {  // an empty vector has no address to copy to
      std::memcpy(to, rest_.data(), count);
    }
    rest_.remove_prefix(count);
  }

  std::string_view rest_;
};

}  // namespace mote
