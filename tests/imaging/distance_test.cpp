#include "mote/imaging/distance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace mote::imaging {
namespace {

/// By trying every pixel.
Grid<float> tried_distance(const BinaryImage& mask) {
  Grid<float> distance(mask.size());
  for (int64_t y = 0; y < mask.height(); ++y) {
    for (int64_t x = 0; x < mask.width(); ++x) {
      int64_t least = std::numeric_limits<int64_t>::max();
      for (int64_t v = 0; v < mask.height(); ++v) {
        for (int64_t u = 0; u < mask.width(); ++u) {
          if (mask(v, u) == 0) {
            least = std::min(least, (y - v) * (y - v) + (x - u) * (x - u));
          }
        }
      }
      distance(y, x) = std::sqrt(static_cast<float>(least));
    }
  }
  return distance;
}

/// Zero with probability `zeros` at each pixel.
BinaryImage random_mask(Size size, double zeros, unsigned seed) {
  std::mt19937 random(seed);
  BinaryImage mask(size);
  for (uint8_t& value : mask.values()) {
    value = random() < zeros * 4294967296.0 ? 0 : 1;
  }
  mask(size.height / 2, size.width / 3) = 0;
  return mask;
}

TEST(Distance, IsExactWhereverTheZerosLie) {
  for (const double zeros : {0.0, 0.002, 0.02, 0.5}) {
    for (const unsigned seed : {1U, 2U, 3U}) {
      const BinaryImage mask = random_mask({37, 61}, zeros, seed);

      EXPECT_EQ(distance_to_background(mask), tried_distance(mask)) << zeros << " " << seed;
    }
  }
}

TEST(Distance, IsFartherThanTheImageWhereNothingIsZero) {
  EXPECT_EQ(distance_to_background(BinaryImage({2, 3}, 1)), Grid<float>({2, 3}, 5));
}

}  // namespace
}  // namespace mote::imaging
