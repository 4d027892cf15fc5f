#include "mote/imaging/noise_law.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "mote/imaging/filters.h"
#include "tests/counted_electrons.h"

namespace mote::imaging {
namespace {

constexpr Size kField{256, 256};

TEST(NoiseLaw, IsThatOfCountedElectrons) {
  const Grid<float> image = counted_electrons::image(
      kField, {{100, 100, 60}}, {.background_e = 2, .sphere_e = 12, .gain = 30, .readout_sd = 15});

  const NoiseLaw law = noise_law_of(image, {});

  EXPECT_NEAR(law.background, 400 + 2 * 30, 6);
  EXPECT_NEAR(law.variance, 2 * 30 * 30 + 15 * 15, 150);
  EXPECT_NEAR(law.gain, 30, 3);
  EXPECT_NEAR(law.skewness(), law.gain / std::sqrt(law.variance), 1e-9);
}

TEST(NoiseLaw, TakesNoSlopesAndEdgesForNoise) {
  Grid<float> image = synthetic::image(kField, {{100, 100, 60}},
                                       {.background = 100, .particle = 300, .noise_sd = 4});
  for (int64_t y = 0; y < kField.height; ++y) {
    for (int64_t x = 0; x < kField.width; ++x) {
      image(y, x) += 0.05F * static_cast<float>(x);
    }
  }

  const NoiseLaw law = noise_law_of(image, {});

  EXPECT_NEAR(law.variance, 16, 2);
  EXPECT_NEAR(law.gain, 0, 0.02);
}

TEST(NoiseLaw, LeavesOutWhatIsExcludedAndWhatIsNoNumber) {
  Grid<float> image = counted_electrons::image(kField, {{100, 100, 60}}, {});
  const NoiseLaw law = noise_law_of(image, {});
  BinaryImage excluded(kField);
  for (int64_t x = 0; x < kField.width; ++x) {
    for (const int64_t y : {199, 200, 201}) {
      excluded(y, x) = 1;
    }
    image(200, x) = x % 2 == 0 ? std::numeric_limits<float>::quiet_NaN() : 400.0F;
  }

  const NoiseLaw without = noise_law_of(image, excluded);

  EXPECT_NEAR(without.variance, law.variance, 0.05 * law.variance);
  EXPECT_NEAR(without.gain, law.gain, 0.05 * law.gain);
}

TEST(NoiseLaw, OfAFlatImageHasNoVariance) {
  EXPECT_EQ(noise_law_of(Grid<float>(kField, 7.0F), {}).variance, 0);
  EXPECT_EQ(noise_law_of(Grid<float>(Size{1, 5}, 7.0F), {}).variance, 0);
  EXPECT_EQ(noise_law_of(Grid<float>(), {}).variance, 0);
}

// Measured on white noise, that of single electrons being the most skewed.
TEST(NoiseLaw, KnowsWhatAGaussianLeavesOfSpreadAndSkewness) {
  const Grid<float> noise = counted_electrons::image(
      {1024, 1024}, {}, {.background_e = 0.25, .gain = 1, .offset = 0, .readout_sd = 0});
  for (const double sigma_px : {1.0, 2.0}) {
    const Grid<float> smooth = gaussian(noise, sigma_px);
    double squares = 0;
    double cubes = 0;
    for (const float value : smooth.values()) {
      squares += std::pow(value - 0.25, 2);
      cubes += std::pow(value - 0.25, 3);
    }
    const auto pixels = static_cast<double>(smooth.size().area());
    const double sd = std::sqrt(squares / pixels);

    EXPECT_NEAR(sd, 0.5 * spread_left(sigma_px), 0.02 * sd);
    EXPECT_NEAR(cubes / pixels / std::pow(sd, 3), 2 * skewness_left(sigma_px), 0.06);
  }
}

}  // namespace
}  // namespace mote::imaging
