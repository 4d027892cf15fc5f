#include "mote/imaging/registration.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/drift_scene.h"

namespace mote::imaging {
namespace {

constexpr Size kSize = {256, 256};

Spectrum windowed(Grid<float> image) {
  const std::vector<float> wy = tapered_window(image.height(), 0.125);
  const std::vector<float> wx = tapered_window(image.width(), 0.125);
  for (int64_t y = 0; y < image.height(); ++y) {
    for (int64_t x = 0; x < image.width(); ++x) {
      image(y, x) = (image(y, x) - 100) * wy[y] * wx[x];
    }
  }
  return spectrum_of(image);
}

// Lower frequencies only, where the scene's texture is.
Rings low_pass() {
  Rings weights(kRings, 0.0);
  std::fill(weights.begin() + 1, weights.begin() + 20, 1.0);
  return weights;
}

synthetic::DriftScene scene(std::vector<Point> drift, double noise_sd) {
  return {{.size = kSize, .noise_sd = noise_sd, .particles = 0}, std::move(drift)};
}

TEST(Registration, SizeIsEvenQuickToTransformAndWithin) {
  EXPECT_EQ(registration_size({512, 512}), (Size{512, 512}));
  EXPECT_EQ(registration_size({521, 263}), (Size{512, 256}));
  EXPECT_EQ(registration_size({15, 512}), (Size{0, 0}));
}

TEST(Registration, SpectrumTransformedBackGivesTheImageWithoutItsOuterColumns) {
  const Grid<float> image = scene({{}}, 0).image(0);
  const Grid<float> once = image_of(spectrum_of(image));

  const Grid<float> twice = image_of(spectrum_of(once));

  EXPECT_THAT(twice.values(), testing::Pointwise(testing::FloatNear(1e-3), once.values()));
}

class SubPixel : public testing::TestWithParam<double> {};

TEST_P(SubPixel, ShiftIsFoundWithoutBias) {
  const double shift = GetParam();
  const auto frames = scene({{0, 0}, {shift, -0.7 * shift}}, 0);
  Registrar registrar(kSize, {});
  registrar.set_weights(low_pass());

  const Registration found = registrar.find(windowed(frames.image(1)), windowed(frames.image(0)));

  // What comes in at one edge and leaves at the other is all that differs: about 2e-4 of the shift.
  EXPECT_NEAR(found.shift.y_px, shift, 0.002 + 1e-3 * std::abs(shift));
  EXPECT_NEAR(found.shift.x_px, -0.7 * shift, 0.002 + 1e-3 * std::abs(shift));
  EXPECT_GT(found.peak_ratio, 20);
}

INSTANTIATE_TEST_SUITE_P(Registration, SubPixel,
                         testing::Values(0.0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1.0, -0.3, 3.5,
                                         12.25, -30.1));

TEST(Registration, RefineFromNearbyAgreesWithFind) {
  const auto frames = scene({{0, 0}, {5.3, -2.6}}, 6);
  Registrar registrar(kSize, {});
  registrar.set_weights(low_pass());
  const Spectrum moved = windowed(frames.image(1));
  const Spectrum reference = windowed(frames.image(0));

  const Registration found = registrar.find(moved, reference);
  const Registration refined = registrar.refine(moved, reference, {5.8, -3.1});

  EXPECT_NEAR(refined.shift.y_px, found.shift.y_px, 1e-4);
  EXPECT_NEAR(refined.shift.x_px, found.shift.x_px, 1e-4);
  // Three of the standard errors that it gives itself.
  EXPECT_NEAR(found.shift.y_px, 5.3, 3 * found.sigma_px);
  EXPECT_NEAR(found.shift.x_px, -2.6, 3 * found.sigma_px);
}

TEST(Registration, NoiseAloneHasALowPeakRatio) {
  const synthetic::DriftScene noise({.size = kSize, .texture_sd = 0, .particles = 0},
                                    std::vector<Point>(2));
  Registrar registrar(kSize, {});

  const Registration found = registrar.find(windowed(noise.image(1)), windowed(noise.image(0)));

  EXPECT_LT(found.peak_ratio, 5.5);
}

TEST(Registration, EmptyImagesGiveNoPeak) {
  Registrar registrar(kSize, {});
  const Spectrum nothing({256, 127});

  EXPECT_EQ(registrar.find(nothing, nothing).peak_ratio, 0);
}

// Two frames of one texture, the lower half of the second shifted by `lower` more than the upper.
std::pair<Spectrum, Spectrum> torn(Point upper, Point lower) {
  const auto frames = scene({{0, 0}, upper, upper + lower}, 0);
  Grid<float> second = frames.image(1);
  const Grid<float> below = frames.image(2);
  for (int64_t y = kSize.height / 2; y < kSize.height; ++y) {
    std::copy_n(below.row(y), kSize.width, second.row(y));
  }
  return {windowed(std::move(second)), windowed(frames.image(0))};
}

TEST(Registration, BlocksShowWhatMovesApart) {
  const auto [second, first] = torn({1.5, -2}, {0.3, 0.2});
  Registrar registrar(kSize, {});
  registrar.set_weights(low_pass());

  const auto blocks = registrar.block_shifts(second, first, {1.5, -2}, Rings(kRings, 1.0), 64);

  ASSERT_EQ(blocks.size(), 16);
  EXPECT_NEAR(blocks[5].shift.y_px, 0, 0.03);
  EXPECT_NEAR(blocks[5].shift.x_px, 0, 0.03);
  EXPECT_NEAR(blocks[9].shift.y_px, 0.3, 0.05);
  EXPECT_NEAR(blocks[9].shift.x_px, 0.2, 0.05);
}

TEST(Registration, APatternTakenOffDoesNotPullTowardsStandingStill) {
  const synthetic::DriftScene frames(
      {.size = kSize, .pattern_sd = 6, .noise_sd = 0, .particles = 0}, {{0, 0}, {0.8, 0}});
  const Spectrum first = windowed(frames.image(0));
  const Spectrum second = windowed(frames.image(1));
  Registrar registrar(kSize, {});
  registrar.set_weights(low_pass());
  // Above the texture's frequencies only the pattern is left.
  const double white = registrar.cross_power(second, first, {})[56];

  const double pulled = registrar.find(second, first).shift.y_px;
  registrar.set_weights(low_pass(), Rings(kRings, white));
  const double found = registrar.find(second, first).shift.y_px;

  EXPECT_LT(pulled, 0.65);
  EXPECT_NEAR(found, 0.8, 0.06);
}

}  // namespace
}  // namespace mote::imaging
