#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "mote/core/error.h"
#include "mote/core/grid.h"

namespace mote::track {

/// Writes plain values one after another, as this machine holds them.
class DriftStateWriter {
 public:
  template <typename T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  template <typename T>
  void put(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    put(static_cast<uint64_t>(values.size()));
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  template <typename T>
  void put(const Grid<T>& grid) {
    put(grid.size());
    bytes_.append(reinterpret_cast<const char*>(grid.data()), grid.values().size() * sizeof(T));
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what DriftStateWriter wrote. Throws kBadFile where the bytes end early or sizes make no
/// sense.
class DriftStateReader {
 public:
  explicit DriftStateReader(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  void get(T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::memcpy(static_cast<void*>(&value), need(sizeof(T)), sizeof(T));
  }
  template <typename T>
  void get(std::vector<T>& values) {
    uint64_t count = 0;
    get(count);
    const uint64_t left = bytes_.size() - at_;
    if (count > left / sizeof(T)) {
      refuse();
    }
    values.resize(count);
    const char* from = need(count * sizeof(T));
    if (count > 0) {
      std::memcpy(static_cast<void*>(values.data()), from, count * sizeof(T));
    }
  }
  template <typename T>
  void get(Grid<T>& grid) {
    Size size;
    get(size);
    const auto left = static_cast<int64_t>((bytes_.size() - at_) / sizeof(T));
    if (size.height < 0 || size.width < 0 || (size.width > 0 && size.height > left / size.width)) {
      refuse();
    }
    grid = Grid<T>(size);
    const size_t count = grid.values().size() * sizeof(T);
    const char* from = need(count);
    if (count > 0) {
      std::memcpy(static_cast<void*>(grid.data()), from, count);
    }
  }
  /// Throws unless everything has been read.
  void end() const {
    if (at_ != bytes_.size()) {
      refuse();
    }
  }
  [[noreturn]] static void refuse() {
    throw Error(ErrorKind::kBadFile, "drift state is damaged or of another version");
  }

 private:
  const char* need(size_t count) {
    if (count > bytes_.size() - at_) {
      refuse();
    }
    const char* from = bytes_.data() + at_;
    at_ += count;
    return from;
  }

  std::string_view bytes_;
  size_t at_ = 0;
};

}  // namespace mote::track
