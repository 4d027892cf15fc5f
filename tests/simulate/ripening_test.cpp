#include "mote/simulate/ripening.h"

#include <cmath>
#include <map>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "tests/simulate/ripening_checks.h"

namespace mote::simulate {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(StationaryLaw, HasTheMeansLargestRatiosAndSlopesOfTheTable) {
  // science.md, Growth: <r>/r*, largest r/<r>, slope of <r>^n over A.
  const std::map<int, std::vector<double>> table = {
      {2, {0.889, 2.25, 0.395}}, {3, {1, 1.50, 0.444}}, {4, {1.034, 1.29, 0.482}}};
  for (const auto& [exponent, row] : table) {
    const StationaryLaw law(exponent);

    EXPECT_NEAR(law.mean(), row[0], 0.0006) << exponent;
    EXPECT_NEAR(law.largest() / law.mean(), row[1], 0.006) << exponent;
    EXPECT_NEAR(law.slope() * std::pow(law.mean(), exponent), row[2], 0.0006) << exponent;
  }
}

TEST(StationaryLaw, IsThatOfLifshitzSlyozovAndWagnerForNThree) {
  const StationaryLaw law(3);
  const auto density = [](double z) {
    return 4.0 / 9 * z * z * std::pow(3 / (3 + z), 7.0 / 3) * std::pow(1.5 / (1.5 - z), 11.0 / 3) *
           std::exp(-z / (1.5 - z));
  };
  double below = 0;
  for (int i = 0; i < 1490; ++i) {  // Simpson's rule
    const double z = i * 0.001;
    EXPECT_NEAR(1 - law.share_above(z), below, 1e-6) << z;
    below += 0.001 / 6 * (density(z) + 4 * density(z + 0.0005) + density(z + 0.001));
  }
}

TEST(StationaryLaw, HasQuantilesThatInvertIt) {
  for (const int exponent : {2, 3, 4}) {
    const StationaryLaw law(exponent);
    for (const double below : {0.001, 0.1, 0.5, 0.9, 0.999}) {
      EXPECT_NEAR(1 - law.share_above(law.quantile(below)), below, 1e-5) << exponent;
    }
  }
}

TEST(RipeningEnsemble, BeginsWithTheCriticalRadiusThatKeepsItsVolume) {
  const std::vector<double> radii = {1, 2, 5};

  EXPECT_DOUBLE_EQ(RipeningEnsemble(radii, 2).critical_radius_nm(), 30.0 / 8);
  EXPECT_DOUBLE_EQ(RipeningEnsemble(radii, 3).critical_radius_nm(), 8.0 / 3);
  EXPECT_DOUBLE_EQ(RipeningEnsemble(radii, 4).critical_radius_nm(), 3 / 1.7);
}

TEST(RipeningEnsemble, OfAFewParticlesFollowsTheEquationOfEach) {
  const std::vector<double> radii = {3, 4};
  for (const int exponent : {2, 3, 4}) {
    RipeningEnsemble ensemble(radii, exponent);
    double small = 3;
    double large = 4;
    const double step = 1e-4;  // Euler's method: errors of this order
    for (int i = 0; i < 10000; ++i) {
      const double critical = (std::pow(small, 4 - exponent) + std::pow(large, 4 - exponent)) /
                              (std::pow(small, 3 - exponent) + std::pow(large, 3 - exponent));
      small += step * std::pow(small, 1 - exponent) * (small / critical - 1);
      large += step * std::pow(large, 1 - exponent) * (large / critical - 1);
    }

    ensemble.advance(1);

    EXPECT_NEAR(ensemble.radii_nm()[0], small, 1e-4) << exponent;
    EXPECT_NEAR(ensemble.radii_nm()[1], large, 1e-4) << exponent;
  }
}

TEST(RipeningEnsemble, KeepsItsVolumeWhileMostOfItDissolves) {
  for (const int exponent : {2, 3, 4}) {
    RipeningEnsemble ensemble(stationary_radii(exponent, 2000, 0.2), exponent);
    const double volume = ensemble.volume_nm3();

    slope_while_growing(ensemble, exponent, 1.6);

    EXPECT_LT(ensemble.count(), 1000) << exponent;
    EXPECT_NEAR(ensemble.volume_nm3() / volume, 1, 1e-12) << exponent;
  }
}

TEST(RipeningEnsemble, CoarsensAtTheRateOfTheStationaryLaw) {
  for (const auto& [exponent, slope] : std::map<int, double>{{2, 0.395}, {3, 0.444}, {4, 0.482}}) {
    RipeningEnsemble ensemble(stationary_radii(exponent, 20000, 0), exponent);

    EXPECT_NEAR(slope_while_growing(ensemble, exponent, 1.2), slope, 0.001) << exponent;
  }
}

TEST(Ripened, LeavesAParticleOfTheCriticalRadiusAsItIs) {
  for (const int exponent : {2, 3, 4}) {
    const double power = power_of_radius(5, exponent);

    EXPECT_DOUBLE_EQ(ripened(power, 0.1, 5, exponent), power) << exponent;
    EXPECT_GT(ripened(power, 0.1, 4.9, exponent), power) << exponent;
    EXPECT_LT(ripened(power, 0.1, 5.1, exponent), power) << exponent;
  }
}

TEST(CriticalRadius, DoesNotDependOnTheStepsInWhichItIsAsked) {
  const RipeningEnsemble ensemble(stationary_radii(3, 500, 0), 3);
  CriticalRadius often(ensemble);
  CriticalRadius once(ensemble);
  double last = 0;
  for (int i = 1; i <= 700; ++i) {
    last = often.at(i * 0.001);
  }

  EXPECT_EQ(once.at(0.7), last);
}

TEST(RipeningEnsemble, RefusesWhatItCannotRipen) {
  const std::vector<double> good = {1, 2};
  const std::vector<double> bad = {1, 0};

  EXPECT_THAT([&] { RipeningEnsemble(good, 5); },
              ThrowsMessage<Error>(HasSubstr("exponent 5, expected 2, 3 or 4")));
  EXPECT_THAT([&] { RipeningEnsemble(bad, 3); },
              ThrowsMessage<Error>(HasSubstr("a radius of 0 nm")));
  EXPECT_THAT([&] { RipeningEnsemble({}, 3); }, ThrowsMessage<Error>(HasSubstr("no particles")));
}

}  // namespace
}  // namespace mote::simulate
