#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/simulate/ripening.h"
#include "tests/simulate/ripening_checks.h"

namespace mote::simulate {
namespace {

constexpr int kCount = 200000;

/// Slope of <r>^n over A, from science.md, Growth.
struct Expected {
  int exponent = 0;
  double slope = 0;
};

class LargeEnsemble : public testing::TestWithParam<Expected> {};

TEST_P(LargeEnsemble, StartedOnTheStationaryLawStaysOnIt) {
  const auto [exponent, slope] = GetParam();
  const StationaryLaw law(exponent);
  RipeningEnsemble ensemble(stationary_radii(exponent, kCount, 0), exponent);
  const double volume = ensemble.volume_nm3();

  const double found = slope_while_growing(ensemble, exponent, 3);

  RecordProperty("slope", std::to_string(found));
  RecordProperty("ks", std::to_string(kolmogorov_smirnov(ensemble, law)));
  EXPECT_NEAR(found, slope, 0.001);
  EXPECT_LT(kolmogorov_smirnov(ensemble, law), 0.02);
  EXPECT_NEAR(ensemble.mean_radius_nm() / ensemble.critical_radius_nm(), law.mean(), 0.005);
  EXPECT_NEAR(ensemble.volume_nm3() / volume, 1, 1e-12);
}

TEST_P(LargeEnsemble, StartedOffTheStationaryLawFindsIt) {
  const auto [exponent, slope] = GetParam();
  const StationaryLaw law(exponent);
  // Every particle larger by the critical radius: a law of half the relative width.
  RipeningEnsemble ensemble(stationary_radii(exponent, kCount, 1), exponent);
  const double volume = ensemble.volume_nm3();
  EXPECT_GT(kolmogorov_smirnov(ensemble, law), 0.2);

  slope_while_growing(ensemble, exponent, 3);
  EXPECT_LT(kolmogorov_smirnov(ensemble, law), 0.02);

  // The law is neared as 1 / log of time: 2 % are left in the slope.
  EXPECT_NEAR(slope_while_growing(ensemble, exponent, 5.0 / 3) / slope, 1, 0.025);
  EXPECT_LT(kolmogorov_smirnov(ensemble, law), 0.02);
  EXPECT_NEAR(ensemble.volume_nm3() / volume, 1, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Exponents, LargeEnsemble,
                         testing::Values(Expected{2, 0.395}, Expected{3, 0.444},
                                         Expected{4, 0.482}));

}  // namespace
}  // namespace mote::simulate
