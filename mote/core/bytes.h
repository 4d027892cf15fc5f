#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <functional>
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

/// Appends values to a string of bytes, in the machine's own byte order, or hands them on to where
/// they are kept, for what is too large to be held twice.
class ByteWriter {
 public:
  ByteWriter() = default;
  /// `sink` gets the bytes in order, some at a time; the last of them with `flush`.
  explicit ByteWriter(std::function<void(std::string_view)> sink) : sink_(std::move(sink)) {}

  template <PlainValue T>
  void put(const T& value) {
    append(&value, sizeof(T));
  }
  void put(std::string_view text) {
    put<uint64_t>(text.size());
    put_bytes(text);
  }
  /// The bytes alone, without their count.
  void put_bytes(std::string_view bytes) { append(bytes.data(), bytes.size()); }
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

  /// All bytes, of a writer without a sink.
  std::string take() { return std::move(bytes_); }

  /// Empties what is held for the sink.
  void flush() {
    sink_(bytes_);
    bytes_.clear();
  }

 private:
  static constexpr size_t kHeldBytes = 1 << 16;  // for a sink, before it gets them

  void append(const void* from, size_t count) {
    const std::string_view more(static_cast<const char*>(from), count);
    if (!sink_) {
      bytes_.append(more);
    } else if (more.size() >= kHeldBytes) {
      flush();
      sink_(more);
    } else {
      bytes_.append(more);
      if (bytes_.size() >= kHeldBytes) {
        flush();
      }
    }
  }

  std::string bytes_;
  std::function<void(std::string_view)> sink_;
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
  /// Without a copy, for as long as the reader's bytes live.
  void get(std::string_view& text) {
    const uint64_t count = get_count(1);
    text = rest_.substr(0, count);
    rest_.remove_prefix(count);
  }
  /// All that is left, without a copy.
  std::string_view take_rest() { return std::exchange(rest_, {}); }
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
