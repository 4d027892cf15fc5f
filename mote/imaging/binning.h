#pragma once

#include <cstdint>
#include <variant>

#include "mote/core/image.h"

namespace mote::imaging {

/// Mean of bin x bin pixels and of several images, of any sample type, without a float copy of
/// what was recorded. Integer samples are summed exactly.
class BinnedMean {
 public:
  /// Rows and columns of `box` beyond a multiple of `bin` are left out.
  /// Throws kUsage where `box` has not one whole bin, or a sum of `images` could overflow.
  BinnedMean(Box box, int64_t bin, int64_t images);

  Size size() const { return size_; }

  /// Adds the pixels of `image` that lie in the box, which must lie within it. All images added
  /// must be of one type.
  void add(const Image& image);

  /// Of what was added, as float32.
  Image mean() const;

 private:
  Box box_;
  int64_t bin_;
  Size size_;
  int64_t added_ = 0;
  std::variant<std::monostate, Grid<uint32_t>, Grid<int32_t>, Grid<double>> sums_;
};

/// A bin is yes where any of its pixels is.
BinaryImage binned_any(const BinaryImage& image, Box box, int64_t bin);

}  // namespace mote::imaging
