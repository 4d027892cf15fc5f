#include "mote/measure/critical_radius.h"

#include <vector>

#include <gtest/gtest.h>

#include "tests/synthetic.h"

namespace mote::measure {
namespace {

/// Rates of mean-field ripening of exponent 3 about r* = 12, with noise and a share of outliers.
std::vector<GrowthRate> rates(int count, double noise_sd, int every_outlier) {
  synthetic::Noise noise(3);
  std::vector<GrowthRate> out;
  for (int i = 0; i < count; ++i) {
    const double r = 6 + 12.0 * i / count;
    double rate = 50 / (r * r) * (r / 12 - 1) + noise_sd * noise.normal();
    rate += every_outlier > 0 && i % every_outlier == 0 ? 3.0 : 0.0;
    out.push_back({.radius = r, .rate = rate, .rate_se = noise_sd});
  }
  return out;
}

TEST(CriticalRadius, OfExactRatesIsExact) {
  EXPECT_NEAR(critical_radius(rates(40, 0, 0)).value(), 12, 1e-6);
}

TEST(CriticalRadius, OfNoisyRatesIsWithinThreePercent) {
  EXPECT_NEAR(critical_radius(rates(100, 0.02, 0)).value() / 12, 1, 0.03);
}

TEST(CriticalRadius, IsNotMovedByAFewWrongTracks) {
  EXPECT_NEAR(critical_radius(rates(100, 0.02, 10)).value() / 12, 1, 0.05);
}

TEST(CriticalRadius, IsNothingWhereLargerParticlesGrowSlower) {
  std::vector<GrowthRate> wrong = rates(40, 0, 0);
  for (GrowthRate& rate : wrong) {
    rate.rate = -rate.rate;
  }

  EXPECT_FALSE(critical_radius(wrong));
}

TEST(CriticalRadius, IsNothingForFewParticles) {
  EXPECT_FALSE(critical_radius(rates(7, 0, 0)));
}

}  // namespace
}  // namespace mote::measure
