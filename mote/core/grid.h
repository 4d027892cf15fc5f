#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mote/core/buffer.h"

namespace mote {

/// Height and width of an image, in pixels.
struct Size {
  int64_t height = 0;
  int64_t width = 0;

  int64_t area() const { return height * width; }
  bool contains(int64_t y, int64_t x) const { return y >= 0 && x >= 0 && y < height && x < width; }
  bool operator==(const Size&) const = default;
};

/// A rectangle of pixels: rows [y, y + height), columns [x, x + width).
struct Box {
  int64_t y = 0;
  int64_t x = 0;
  int64_t height = 0;
  int64_t width = 0;

  int64_t y_end() const { return y + height; }
  int64_t x_end() const { return x + width; }
  Size size() const { return {height, width}; }
  bool empty() const { return height <= 0 || width <= 0; }
  bool operator==(const Box&) const = default;

  /// The smallest box around this one and `other`, neither of which is empty.
  Box joined(const Box& other) const {
    const int64_t y0 = std::min(y, other.y);
    const int64_t x0 = std::min(x, other.x);
    return {.y = y0,
            .x = x0,
            .height = std::max(y_end(), other.y_end()) - y0,
            .width = std::max(x_end(), other.x_end()) - x0};
  }

  /// This box grown by `margin_px` on every side and cut to an image of `size`.
  Box grown(int64_t margin_px, Size size) const {
    const int64_t y0 = std::max<int64_t>(0, y - margin_px);
    const int64_t x0 = std::max<int64_t>(0, x - margin_px);
    return {.y = y0,
            .x = x0,
            .height = std::min(size.height, y_end() + margin_px) - y0,
            .width = std::min(size.width, x_end() + margin_px) - x0};
  }
};

/// A position in pixels, y down; pixel centres lie on integers.
struct Point {
  double y_px = 0;
  double x_px = 0;

  bool operator==(const Point&) const = default;
};

inline Point operator+(Point a, Point b) {
  return {a.y_px + b.y_px, a.x_px + b.x_px};
}
inline Point operator-(Point a, Point b) {
  return {a.y_px - b.y_px, a.x_px - b.x_px};
}

/// A row-major two-dimensional array without padding: shape (height, width).
template <typename T>
class Grid {
 public:
  Grid() = default;
  explicit Grid(Size size, T value = T{}) : Grid(unfilled(size)) {
    std::fill(values_.begin(), values_.end(), value);
  }
  Grid(Size size, const std::vector<T>& values) : Grid(unfilled(size)) {
    assert(values.size() == values_.size());
    std::copy(values.begin(), values.end(), values_.begin());
  }
  /// Every value is to be written before it is read.
  static Grid unfilled(Size size) {
    Grid grid;
    grid.size_ = size;
    grid.values_ = Buffer<T>(static_cast<size_t>(size.area()));
    return grid;
  }

  Size size() const { return size_; }
  int64_t height() const { return size_.height; }
  int64_t width() const { return size_.width; }
  bool empty() const { return values_.empty(); }

  T& operator()(int64_t y, int64_t x) {
    assert(size_.contains(y, x));
    return values_[static_cast<size_t>(y * size_.width + x)];
  }
  const T& operator()(int64_t y, int64_t x) const {
    assert(size_.contains(y, x));
    return values_[static_cast<size_t>(y * size_.width + x)];
  }

  T* row(int64_t y) { return values_.data() + y * size_.width; }
  const T* row(int64_t y) const { return values_.data() + y * size_.width; }
  T* data() { return values_.data(); }
  const T* data() const { return values_.data(); }
  std::span<T> values() { return {values_.data(), values_.size()}; }
  std::span<const T> values() const { return {values_.data(), values_.size()}; }

  bool operator==(const Grid&) const = default;

 private:
  Size size_;
  Buffer<T> values_;
};

/// One number a pixel: 0 is background, every other number one region or instance.
using LabelImage = Grid<int32_t>;

/// Yes (non-zero) or no (0) a pixel.
using BinaryImage = Grid<uint8_t>;

}  // namespace mote
