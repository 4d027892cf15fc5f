#include "mote/measure/size_uncertainty.h"

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include "mote/measure/instance.h"
#include "mote/segment/segmenter.h"
#include "mote/segment/threshold.h"
#include "tests/synthetic.h"

namespace mote::measure {
namespace {

constexpr Size kField{400, 400};

struct Case {
  double radius_px = 17;
  double blur_px = 1.5;
  double noise_sd = 20;  // on a contrast of 100
  double noise_blur_px = 0;
  double particle = 50;
  uint64_t seed = 1;
};

/// Noise of standard deviation 1.
Grid<float> unit_noise(double blur_px, uint64_t seed) {
  Grid<float> noise(kField);
  synthetic::add_noise(noise, 1, seed);
  noise = synthetic::blurred(noise, blur_px);
  double squares = 0;
  for (const float value : noise.values()) {
    squares += static_cast<double>(value) * value;
  }
  const auto scale = static_cast<float>(std::sqrt(static_cast<double>(kField.area()) / squares));
  for (float& value : noise.values()) {
    value *= scale;
  }
  return noise;
}

/// Discs of one radius as the default segmenter finds them.
std::vector<InstanceMeasures> found(const Case& of) {
  const auto discs = synthetic::scattered(kField, of.radius_px, of.radius_px, 0.15, 10, of.seed);
  Grid<float> image =
      synthetic::image(kField, discs, {.particle = of.particle, .blur_px = of.blur_px});
  const Grid<float> noise = unit_noise(of.noise_blur_px, of.seed);
  for (size_t i = 0; i < image.values().size(); ++i) {
    image.values()[i] += static_cast<float>(of.noise_sd) * noise.values()[i];
  }
  const auto segmenter = segment::make_threshold_segmenter({});
  const Segmentation cut = segment::segment_one(*segmenter, {.image = image, .excluded = {}});
  return measure_instances(image, cut.labels, cut.coverage);
}

double mean_noise_px(const Case& of) {
  double sum = 0;
  const auto instances = found(of);
  for (const InstanceMeasures& m : instances) {
    sum += m.ecd_uncertainty.noise_px.value();
  }
  return sum / static_cast<double>(instances.size());
}

/// Root mean square of the errors of ECD of drawn discs over the noise and pixel uncertainty that
/// is stated of each.
double error_over_stated(Case of) {
  double squares = 0;
  double count = 0;
  for (of.seed = 1; of.seed <= 6; ++of.seed) {
    for (const InstanceMeasures& m : found(of)) {
      const double error = equivalent_diameter_px(m.area_px2) - 2 * of.radius_px;
      squares += std::pow(error / m.ecd_uncertainty.random_px().value(), 2);
      count += 1;
    }
  }
  EXPECT_GT(count, 80);
  return std::sqrt(squares / count);
}

TEST(SizeUncertainty, OfTheNoiseIsTheSpreadOfDrawnDiscs) {
  EXPECT_NEAR(error_over_stated({.noise_sd = 20}), 1, 0.2);
  EXPECT_NEAR(error_over_stated({.noise_sd = 30}), 1, 0.25);
}

TEST(SizeUncertainty, OfCorrelatedNoiseIsTheSpreadOfDrawnDiscs) {
  EXPECT_NEAR(error_over_stated({.noise_sd = 20, .noise_blur_px = 1}), 1, 0.2);
}

TEST(SizeUncertainty, GrowsWithTheNoise) {
  const double quiet = mean_noise_px({.noise_sd = 10});
  const double loud = mean_noise_px({.noise_sd = 20});

  EXPECT_NEAR(loud / quiet, 2, 0.1);
}

TEST(SizeUncertainty, CountsCorrelatedNoiseByItsIndependentElements) {
  const double white = mean_noise_px({.noise_sd = 10});
  const double grainy = mean_noise_px({.noise_sd = 10, .noise_blur_px = 1});

  // A Gaussian of 1 px correlates 2 sqrt(pi) = 3.5 points of a line.
  EXPECT_NEAR(grainy / white, std::sqrt(2 * std::sqrt(std::numbers::pi)), 0.25);
}

TEST(SizeUncertainty, IsTheSameOfBrightAndDarkParticles) {
  EXPECT_NEAR(mean_noise_px({.particle = 250}) / mean_noise_px({.particle = 50}), 1, 0.05);
}

TEST(SizeUncertainty, OfTheConventionFollowsTheBlurOfTheEdge) {
  for (const double blur_px : {1.5, 2.5}) {
    const double expected_px = 2 * kConventionShare * blur_px / std::numbers::sqrt3;
    for (const InstanceMeasures& m : found({.blur_px = blur_px, .noise_sd = 5})) {
      EXPECT_NEAR(m.ecd_uncertainty.convention_px.value(), expected_px, 0.12 * expected_px);
    }
  }
}

TEST(SizeUncertainty, AddsItsPartsInSquares) {
  const SizeUncertainty parts{.noise_px = 2, .pixel_px = 3, .convention_px = 6};

  EXPECT_DOUBLE_EQ(parts.combined_px().value(), 7);
  EXPECT_DOUBLE_EQ(parts.random_px().value(), std::sqrt(13.0));
}

TEST(SizeUncertainty, OfThePixelGridIsTheSpreadOfDiscsInWholePixels) {
  constexpr double kRadius = 10;
  synthetic::Noise noise(3);
  double squares = 0;
  double stated = 0;
  constexpr int kDiscs = 400;
  for (int i = 0; i < kDiscs; ++i) {
    const double radius = kRadius + noise.uniform();
    const LabelImage labels =
        synthetic::labels({40, 40}, {{20 + noise.uniform(), 20 + noise.uniform(), radius}});
    const InstanceMeasures m = measure_instances(Grid<float>({40, 40}), labels, {}).at(0);
    squares += std::pow(equivalent_diameter_px(m.area_px2) - 2 * radius, 2) / kDiscs;
    stated += m.ecd_uncertainty.pixel_px / kDiscs;
  }

  EXPECT_NEAR(stated, std::sqrt(squares), 0.12 * stated);
}

TEST(SizeUncertainty, IsOfThePixelGridAloneWhereTheImageShowsNoEdge) {
  const LabelImage labels = synthetic::labels({40, 40}, {{20, 20, 10}});

  const InstanceMeasures m = measure_instances(Grid<float>({40, 40}, 7), labels, {}).at(0);

  EXPECT_GT(m.ecd_uncertainty.pixel_px, 0);
  EXPECT_EQ(m.ecd_uncertainty.noise_px, std::nullopt);
  EXPECT_EQ(m.ecd_uncertainty.convention_px, std::nullopt);
  EXPECT_EQ(m.ecd_uncertainty.combined_px(), std::nullopt);
}

TEST(SizeUncertainty, IsOfThePixelGridAloneWhereTheParticleFillsTheField) {
  const InstanceMeasures m =
      measure_instances(Grid<float>({12, 20}, 3), LabelImage({12, 20}, 5), {}).at(0);

  EXPECT_GT(m.ecd_uncertainty.pixel_px, 0);
  EXPECT_EQ(m.ecd_uncertainty.combined_px(), std::nullopt);
}

}  // namespace
}  // namespace mote::measure
