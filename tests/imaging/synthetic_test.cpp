#include "tests/synthetic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote {
namespace {

TEST(Synthetic, DiscsCoverTheirArea) {
  for (const double radius : {0.4, 3.0, 10.0, 17.3}) {
    const auto drawn =
        synthetic::coverage({64, 64}, {{.y_px = 31.37, .x_px = 30.81, .radius_px = radius}});

    EXPECT_NEAR(synthetic::sum(drawn), std::numbers::pi * radius * radius, 1e-4)
        << "radius " << radius;
  }
}

TEST(Synthetic, OverlappingDiscsCoverTheirUnion) {
  const double r = 12;
  const double d = 18;
  const double lens = 2 * r * r * std::acos(d / (2 * r)) - d / 2 * std::sqrt(4 * r * r - d * d);

  const auto drawn = synthetic::coverage(
      {64, 64},
      {{.y_px = 32, .x_px = 22.3, .radius_px = r}, {.y_px = 32, .x_px = 22.3 + d, .radius_px = r}});

  // Only the few pixels at the two corners of the lens are sampled instead of exact.
  EXPECT_NEAR(synthetic::sum(drawn), 2 * std::numbers::pi * r * r - lens, 0.02);
}

TEST(Synthetic, NoiseHasTheSpreadAskedFor) {
  Grid<float> image({256, 256});

  synthetic::add_noise(image, 7, 3);

  double squares = 0;
  for (const float value : image.values()) {
    squares += value * value;
  }
  // 65,536 samples: the standard error of the spread is 0.3 %.
  EXPECT_NEAR(std::sqrt(squares / 65536), 7, 0.08);
}

TEST(Synthetic, LabelsGiveEachDiscItsOwnPixels) {
  const auto drawn = synthetic::labels({32, 32}, {{.y_px = 16, .x_px = 10, .radius_px = 7},
                                                  {.y_px = 16, .x_px = 21, .radius_px = 7}});

  EXPECT_EQ(drawn(16, 10), 1);
  EXPECT_EQ(drawn(16, 15), 1);
  EXPECT_EQ(drawn(16, 16), 2);
  EXPECT_EQ(drawn(2, 2), 0);
}

}  // namespace
}  // namespace mote
