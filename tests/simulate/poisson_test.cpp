#include "mote/simulate/poisson.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::simulate {
namespace {

struct Moments {
  double mean = 0;
  double variance = 0;
  double skewness = 0;  // third central moment over the variance: 1 for Poisson
};

Moments moments(double mean, int count) {
  Random random(7);
  double sum = 0;
  double squares = 0;
  double cubes = 0;
  for (int i = 0; i < count; ++i) {
    const double d = static_cast<double>(poisson(mean, random)) - mean;
    sum += d;
    squares += d * d;
    cubes += d * d * d;
  }
  const double shift = sum / count;
  const double variance = squares / count - shift * shift;
  const double third = cubes / count - 3 * shift * squares / count + 2 * std::pow(shift, 3);
  return {.mean = mean + shift, .variance = variance, .skewness = third / variance};
}

TEST(Poisson, HasItsMeanAsVarianceAndThirdMoment) {
  constexpr int kCount = 200'000;
  for (const double mean : {0.01, 0.4, 1.0, 3.7, 15.25, 255.9, 256.0, 3000.5, 70'000.0}) {
    const Moments found = moments(mean, kCount);

    // Five standard errors of each estimate.
    EXPECT_NEAR(found.mean, mean, 5 * std::sqrt(mean / kCount)) << mean;
    EXPECT_NEAR(found.variance / mean, 1, 5 * std::sqrt((2 + 1 / mean) / kCount)) << mean;
    EXPECT_NEAR(found.skewness, 1, 5 * std::sqrt((6 * mean + 26 + 1 / mean) / kCount)) << mean;
  }
}

TEST(Poisson, TakesEachCountAsOftenAsItsProbability) {
  constexpr int kCount = 400'000;
  constexpr double kMean = 2.6;
  Random random(3);
  std::vector<double> found(12, 0);
  for (int i = 0; i < kCount; ++i) {
    const int64_t k = poisson(kMean, random);
    found[static_cast<size_t>(std::min<int64_t>(k, 11))] += 1;
  }

  double chi2 = 0;
  double p = std::exp(-kMean);
  double left = 1;
  for (size_t k = 0; k < 11; ++k) {
    chi2 += std::pow(found[k] - kCount * p, 2) / (kCount * p);
    left -= p;
    p *= kMean / static_cast<double>(k + 1);
  }
  chi2 += std::pow(found[11] - kCount * left, 2) / (kCount * left);
  EXPECT_LT(chi2, 31.3);  // 99.9 % of 11 degrees of freedom
}

TEST(Poisson, OfNothingIsNothingAndOfTheMostIsNear) {
  Random random(1);

  EXPECT_EQ(poisson(0, random), 0);
  EXPECT_NEAR(static_cast<double>(poisson(kMostElectrons, random)), kMostElectrons,
              6 * std::sqrt(kMostElectrons));
}

TEST(Poisson, IsTheSameOnEveryMachine) {
  Random random(42);
  std::vector<int64_t> found;
  for (const double mean : {0.5, 2.0, 7.3, 100.0, 1234.5, 1e6}) {
    found.push_back(poisson(mean, random));
  }

  EXPECT_THAT(found, testing::ElementsAre(0, 5, 7, 102, 1336, 998543));
}

TEST(CountElectrons, IsDecidedByKeyAndPlaceAlone) {
  const Grid<float> expected({16, 16}, 5.5F);
  Grid<float> other = expected;
  other(3, 4) = 50;
  Grid<float> counted;
  Grid<float> counted_other;
  Grid<float> counted_next;

  count_electrons(1, expected, counted);
  count_electrons(1, other, counted_other);
  count_electrons(mix(2), expected, counted_next);

  EXPECT_NE(counted(3, 4), counted_other(3, 4));
  counted_other(3, 4) = counted(3, 4);
  EXPECT_EQ(counted, counted_other);
  EXPECT_NE(counted, counted_next);
}

TEST(CountElectrons, TakesNegativeExpectationsForNone) {
  Grid<float> counted;

  count_electrons(1, Grid<float>({4, 4}, -1e-7F), counted);

  EXPECT_EQ(counted, Grid<float>({4, 4}));
}

}  // namespace
}  // namespace mote::simulate
