#include "mote/imaging/correlation.h"

#include <gtest/gtest.h>

#include "tests/synthetic.h"

namespace mote::imaging {
namespace {

Grid<float> noise(Size size, uint64_t seed) {
  Grid<float> image(size);
  synthetic::add_noise(image, 1, seed);
  return image;
}

double sum_of_products(const Grid<float>& first, const Grid<float>& second, int64_t y, int64_t x) {
  double sum = 0;
  for (int64_t v = 0; v < second.height(); ++v) {
    for (int64_t u = 0; u < second.width(); ++u) {
      if (first.size().contains(v + y, u + x)) {
        sum += double{first(v + y, u + x)} * second(v, u);
      }
    }
  }
  return sum;
}

TEST(Correlation, IsTheSumOfProductsAtEveryShift) {
  const Grid<float> first = noise({6, 9}, 1);
  const Grid<float> second = noise({5, 4}, 2);
  const Size padded = correlation_size(first.size(), second.size());

  Grid<float> found;
  correlate(padded_spectrum(first, padded), padded_spectrum(second, padded), found);

  for (int64_t y = -4; y < 6; ++y) {
    for (int64_t x = -3; x < 9; ++x) {
      EXPECT_NEAR(found((y + padded.height) % padded.height, (x + padded.width) % padded.width),
                  sum_of_products(first, second, y, x), 1e-4)  // of float32 sums of 20 products
          << y << ", " << x;
    }
  }
}

TEST(Correlation, HasRoomForEveryShift) {
  const Size size = correlation_size({100, 30}, {20, 50});

  EXPECT_GE(size.height, 120);
  EXPECT_GE(size.width, 80);
}

}  // namespace
}  // namespace mote::imaging
