#include "mote/measure/detection_limit.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace mote::measure {
namespace {

InstanceMeasures particle(double ecd_px, float contrast) {
  InstanceMeasures out{.area_px2 = std::numbers::pi * ecd_px * ecd_px / 4};
  out.edge = {.first = 0, .levels = {-contrast, 0}, .bright = false};
  return out;
}

/// Particles of 20 to 39 px whose contrast is that at 20 px times (ecd / 20)^power.
ContrastBySize contrasts(double at_20_px, double power) {
  ContrastBySize out;
  for (int ecd = 20; ecd < 40; ++ecd) {
    out.add(particle(ecd, static_cast<float>(at_20_px * std::pow(ecd / 20.0, power))));
  }
  return out;
}

TEST(DetectionLimit, OfEvenlyThickParticlesIsWhereTheGaussianTakesThemBelowTheHeight) {
  const ContrastBySize even = contrasts(40, 0);

  const double limit = detection_limit_px(even, {.height = 20, .sigma_px = 3, .least_px = 3});

  EXPECT_NEAR(limit, 3 * std::sqrt(8 * std::numbers::ln2), 0.06);
}

TEST(DetectionLimit, OfSpheresIsLargerBecauseSmallOnesAreThin) {
  const ContrastBySize spheres = contrasts(40, 1);

  const double limit = detection_limit_px(spheres, {.height = 20, .sigma_px = 1, .least_px = 3});

  EXPECT_NEAR(spheres.exponent(), 1, 1e-6);
  EXPECT_NEAR(limit, 10, 0.1);
}

TEST(DetectionLimit, IsNotBelowTheLeastDiameter) {
  EXPECT_DOUBLE_EQ(
      detection_limit_px(contrasts(40, 0), {.height = 1, .sigma_px = 1, .least_px = 12}), 12);
}

TEST(DetectionLimit, IsTheLeastDiameterWhereFewParticlesTellTheContrast) {
  ContrastBySize few;
  few.add(particle(20, 10));

  EXPECT_DOUBLE_EQ(detection_limit_px(few, {.height = 100, .sigma_px = 1, .least_px = 3}), 3);
}

TEST(ContrastBySize, LeavesOutWhatTouchesOrIsCut) {
  ContrastBySize all = contrasts(40, 0);
  for (int i = 0; i < 20; ++i) {
    InstanceMeasures cut = particle(10, 400);
    cut.touches_border = i % 2 == 0;
    cut.touching = i % 2 != 0;
    all.add(cut);
  }

  ASSERT_TRUE(all.contrast_at(10));
  EXPECT_NEAR(*all.contrast_at(10), 40, 1e-3);
}

}  // namespace
}  // namespace mote::measure
