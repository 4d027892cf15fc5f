#include "mote/measure/growth_fit.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/synthetic.h"

namespace mote::measure {
namespace {

/// 100 points of (r0^n + k t)^(1/n) with relative noise, over times 50 to 149.
std::vector<GrowthPoint> grown(double n, double r0, double k, double noise_sd = 0) {
  synthetic::Noise noise(1);
  std::vector<GrowthPoint> points;
  for (int i = 0; i < 100; ++i) {
    const double r = std::pow(std::pow(r0, n) + k * i, 1 / n);
    points.push_back({.time = 50.0 + i, .radius = r * (1 + noise_sd * noise.normal())});
  }
  return points;
}

class GrowthFitOf : public testing::TestWithParam<double> {};

TEST_P(GrowthFitOf, AnExactLawIsThatLaw) {
  const double n = GetParam();
  const double k = (std::pow(20, n) - std::pow(8, n)) / 99;

  const GrowthLaw law = fit_growth(grown(n, 8, k)).value();

  EXPECT_NEAR(law.n, n, 2e-3);
  EXPECT_NEAR(law.r0, 8, 1e-2);
  EXPECT_NEAR(law.growth(), 2.5, 2e-3);
  EXPECT_NEAR(law.rms, 0, 1e-3);
}

TEST_P(GrowthFitOf, AGivenExponentHasItsRate) {
  const double n = GetParam();
  const double k = (std::pow(20, n) - std::pow(8, n)) / 99;

  const GrowthLaw law = fit_growth(grown(n, 8, k), n).value();

  EXPECT_NEAR(law.k / k, 1, 1e-6);
  EXPECT_NEAR(law.r0, 8, 1e-6);
  EXPECT_NEAR(law.at(40), std::pow(std::pow(8, n) + k * 40, 1 / n), 1e-6);
}

TEST_P(GrowthFitOf, ANoisyLawIsNear) {
  const double n = GetParam();
  const double k = (std::pow(20, n) - std::pow(8, n)) / 99;

  EXPECT_NEAR(fit_growth(grown(n, 8, k, 0.01)).value().n, n, 0.3);
}

INSTANTIATE_TEST_SUITE_P(Exponents, GrowthFitOf, testing::Values(2.0, 3.0, 4.0));

TEST(GrowthFit, OfShrinkingParticlesHasANegativeRate) {
  const GrowthLaw law = fit_growth(grown(3, 20, -60), 3).value();

  EXPECT_NEAR(law.k, -60, 1e-3);
  EXPECT_LT(law.growth(), 1);
}

TEST(GrowthFit, OfTooFewPointsIsNothing) {
  const std::vector<GrowthPoint> points = grown(3, 8, 10);

  EXPECT_FALSE(fit_growth(std::span(points).first(2), 3));
  EXPECT_FALSE(fit_growth(std::span(points).first(3)));
}

TEST(GrowthVerdict, NeedsGrowthByHalf) {
  EXPECT_EQ(growth_verdict(1.49, 2.9, 3.1), "n not determined: <r> grew 1.49 times, less than 1.5");
}

TEST(GrowthVerdict, NeedsAnIntervalThatHoldsOneAlternative) {
  EXPECT_EQ(growth_verdict(2, 2.6, 3.4), "n = 3");
  EXPECT_EQ(growth_verdict(2, 1.9, 3.4), "n not determined: 2 and 3 lie in its interval");
  EXPECT_EQ(growth_verdict(2, 1, 8), "n not determined: 2 and 3 and 4 lie in its interval");
  EXPECT_EQ(growth_verdict(2, 4.5, 6), "n is none of 2, 3, 4");
}

}  // namespace
}  // namespace mote::measure
