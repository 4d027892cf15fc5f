#include "mote/simulate/elementary.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/simulate/draws.h"

namespace mote::simulate {
namespace {

constexpr int kArguments = 200000;

/// How far `found` is from `expected`, in units of its last place.
double ulps(double found, double expected) {
  const double size = std::fabs(expected);
  return std::fabs(found - expected) / (std::nextafter(size, 1e308) - size);
}

template <typename Ours, typename Theirs>
double worst_ulps(double low, double high, const Ours& ours, const Theirs& theirs) {
  Random random(5);
  double worst = 0;
  for (int i = 0; i < kArguments; ++i) {
    const double x = random.uniform(low, high);
    worst = std::max(worst, ulps(ours(x), theirs(x)));
  }
  return worst;
}

TEST(Elementary, ExponentialAndLogarithmAreAccurateToTwoUlp) {
  const auto ours = [](double x) { return exp(x); };
  const auto theirs = [](double x) { return std::exp(x); };
  const auto our_log = [](double x) { return log(x); };
  const auto their_log = [](double x) { return std::log(x); };

  EXPECT_LE(worst_ulps(-700, 700, ours, theirs), 2);
  EXPECT_LE(worst_ulps(-1, 1, ours, theirs), 2);
  EXPECT_LE(worst_ulps(1e-9, 3, our_log, their_log), 2);
  EXPECT_LE(worst_ulps(1, 1e200, our_log, their_log), 2);
}

TEST(Elementary, SineAndCosineAreAccurateToTwoUlpAwayFromTheirZeros) {
  // Near a zero the last place shrinks with the value, so there the error is absolute.
  Random random(6);
  double worst = 0;
  for (int i = 0; i < kArguments; ++i) {
    const double x = random.uniform(-1e6, 1e6);
    worst = std::max(worst, std::fabs(sin(x) - std::sin(x)));
    worst = std::max(worst, std::fabs(cos(x) - std::cos(x)));
  }

  EXPECT_LE(worst, 2 * 0x1p-53);
  const auto ours = [](double x) { return sin(x); };
  const auto theirs = [](double x) { return std::sin(x); };
  EXPECT_LE(worst_ulps(1e-6, 3, ours, theirs), 2);
}

TEST(Elementary, PowerIsAccurateToFourUlpAlsoWhereTheExponentIsLarge) {
  Random random(7);
  double worst = 0;
  for (int i = 0; i < kArguments; ++i) {
    const double x = random.uniform(0.01, 30);
    const double y = random.uniform(-60, 60);
    worst = std::max(worst, ulps(pow(x, y), std::pow(x, y)));
  }

  EXPECT_LE(worst, 4);
  EXPECT_EQ(pow(0, 2), 0);
  EXPECT_EQ(pow(3, 0), 1);
}

TEST(Elementary, ArcsAreAccurateToEightUlpAndTheCubeRootToFour) {
  const auto our_atan = [](double x) { return atan(x); };
  const auto their_atan = [](double x) { return std::atan(x); };
  const auto our_asin = [](double x) { return asin(x); };
  const auto their_asin = [](double x) { return std::asin(x); };
  const auto our_cbrt = [](double x) { return cbrt(x); };
  const auto their_cbrt = [](double x) { return std::cbrt(x); };

  EXPECT_LE(worst_ulps(-20, 20, our_atan, their_atan), 8);
  EXPECT_LE(worst_ulps(-1, 1, our_asin, their_asin), 8);
  EXPECT_LE(worst_ulps(-1e6, 1e6, our_cbrt, their_cbrt), 4);
  EXPECT_LE(worst_ulps(1e-30, 1e-20, our_cbrt, their_cbrt), 4);
}

TEST(Elementary, EndsOfTheRangeAreThoseOfTheNumbers) {
  EXPECT_EQ(exp(-800), 0);
  EXPECT_EQ(exp(800), std::numeric_limits<double>::infinity());
  EXPECT_LE(ulps(exp(-720), std::exp(-720)), 2);
  EXPECT_LE(ulps(log(1e-310), std::log(1e-310)), 2);
  EXPECT_EQ(log(1), 0);
}

TEST(Draws, DependOnEachPartOfTheirKey) {
  const uint64_t base = draws(1, Stream::kPlace, 2, 3).bits();

  EXPECT_EQ(draws(1, Stream::kPlace, 2, 3).bits(), base);
  EXPECT_NE(draws(2, Stream::kPlace, 2, 3).bits(), base);
  EXPECT_NE(draws(1, Stream::kRadius, 2, 3).bits(), base);
  EXPECT_NE(draws(1, Stream::kPlace, 3, 3).bits(), base);
  EXPECT_NE(draws(1, Stream::kPlace, 2, 4).bits(), base);
}

TEST(Draws, OfOneParticleAtSuccessiveStepsAreStandardNormalAndUncorrelated) {
  double sum = 0;
  double squares = 0;
  double fourths = 0;
  double lagged = 0;
  double before = 0;
  for (uint64_t step = 0; step < kArguments; ++step) {
    Random random = draws(9, Stream::kMigration, 4, step);
    const double z = normal(random);
    sum += z;
    squares += z * z;
    fourths += z * z * z * z;
    lagged += z * before;
    before = z;
  }

  // Four standard errors: those of the mean, of the squares (2), of the fourth powers (96).
  const double error = 4 / std::sqrt(static_cast<double>(kArguments));
  EXPECT_NEAR(sum / kArguments, 0, error);
  EXPECT_NEAR(squares / kArguments, 1, error * std::numbers::sqrt2);
  EXPECT_NEAR(fourths / kArguments, 3, error * std::sqrt(96.0));
  EXPECT_NEAR(lagged / kArguments, 0, error);
}

}  // namespace
}  // namespace mote::simulate
