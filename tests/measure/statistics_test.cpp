#include "mote/measure/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/synthetic.h"

namespace mote::measure {
namespace {

std::vector<Sized> log_normal(int count, double median, double gsd, uint64_t seed) {
  synthetic::Noise noise(seed);
  std::vector<Sized> sample;
  for (int i = 0; i < count; ++i) {
    sample.push_back({.diameter = median * std::exp(std::log(gsd) * noise.normal()), .group = i});
  }
  return sample;
}

/// How many of 1,000 samples of `count` sizes have intervals that hold the true mean and median.
struct Held {
  int mean = 0;
  int median = 0;
};
Held held(int count, int copies) {
  const double sigma = std::log(1.4);
  Held out;
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    std::vector<Sized> sample = log_normal(count, 10, 1.4, seed);
    for (int copy = 1; copy < copies; ++copy) {
      sample.insert(sample.end(), sample.begin(), sample.begin() + count);
    }
    const SizeIntervals interval = size_intervals(sample, 200, seed).value();
    const double mean = 10 * std::exp(sigma * sigma / 2);
    out.mean += interval.low.mean <= mean && mean <= interval.high.mean;
    out.median += interval.low.median <= 10 && 10 <= interval.high.median;
  }
  return out;
}

TEST(SizeStatistics, OfAFewSizesAreThoseOfTheirFormulas) {
  const std::vector<Sized> sample{{.diameter = 1}, {.diameter = 2}, {.diameter = 3}};

  const SizeStatistics s = size_statistics(sample).value();

  EXPECT_DOUBLE_EQ(s.mean, 2);
  EXPECT_DOUBLE_EQ(s.sd.value(), 1);
  EXPECT_DOUBLE_EQ(s.median, 2);
  EXPECT_DOUBLE_EQ(s.p10, 1);
  EXPECT_DOUBLE_EQ(s.p90, 3);
  EXPECT_DOUBLE_EQ(s.d32, 36.0 / 14);
  EXPECT_DOUBLE_EQ(s.d43, 98.0 / 36);
}

TEST(SizeStatistics, CountAWeightOfTwoAsTwoParticlesInMoments) {
  const std::vector<Sized> weighted{{.diameter = 1, .weight = 2}, {.diameter = 4, .weight = 1}};
  const std::vector<Sized> counted{{.diameter = 1}, {.diameter = 1}, {.diameter = 4}};

  const SizeStatistics a = size_statistics(weighted).value();
  const SizeStatistics b = size_statistics(counted).value();

  EXPECT_DOUBLE_EQ(a.mean, b.mean);
  EXPECT_DOUBLE_EQ(a.d32, b.d32);
  EXPECT_DOUBLE_EQ(a.d43, b.d43);
}

TEST(SizeStatistics, OfALogNormalDistributionAreItsClosedForm) {
  const double s2 = std::log(1.4) * std::log(1.4);
  const std::vector<Sized> sample = log_normal(200000, 10, 1.4, 1);

  const SizeStatistics s = size_statistics(sample).value();

  // D[p,q] = median exp((p + q) s² / 2); tolerances are three standard errors.
  EXPECT_NEAR(s.mean, 10 * std::exp(s2 / 2), 0.03);
  EXPECT_NEAR(s.sd.value(), s.mean * std::sqrt(std::exp(s2) - 1), 0.04);
  EXPECT_NEAR(s.d32, 10 * std::exp(2.5 * s2), 0.06);
  EXPECT_NEAR(s.d43, 10 * std::exp(3.5 * s2), 0.1);
  EXPECT_NEAR(s.p10, 10 * std::exp(-1.2815516 * std::sqrt(s2)), 0.04);
  EXPECT_NEAR(s.median, 10, 0.03);
  EXPECT_NEAR(s.p90, 10 * std::exp(1.2815516 * std::sqrt(s2)), 0.07);
}

TEST(SizeStatistics, OfOneParticleHaveNoDeviation) {
  const std::vector<Sized> sample{{.diameter = 5, .weight = 1.3}};

  const SizeStatistics s = size_statistics(sample).value();

  EXPECT_DOUBLE_EQ(s.mean, 5);
  EXPECT_DOUBLE_EQ(s.p10, 5);
  EXPECT_DOUBLE_EQ(s.p90, 5);
  EXPECT_EQ(s.sd, std::nullopt);
  EXPECT_FALSE(size_intervals(sample, 200, 1).has_value());
}

TEST(SizeStatistics, OfNothingAreNothing) {
  EXPECT_FALSE(size_statistics({}).has_value());
  EXPECT_FALSE(size_intervals({}, 200, 1).has_value());
  EXPECT_EQ(effective_sample_size({}), 0);
}

TEST(SizeIntervals, HoldTheTruthNearlyAsOftenAsTheyClaim) {
  const Held few = held(16, 1);
  const Held many = held(100, 1);

  // 95 % of 1,000 is 950 with a standard deviation of 7; a skewed law and few sizes cost some.
  EXPECT_GE(few.mean, 920);
  EXPECT_GE(few.median, 930);
  EXPECT_GE(many.mean, 930);
  EXPECT_GE(many.median, 930);
  EXPECT_LE(many.mean, 980);
}

TEST(SizeIntervals, ResampleGroupsWhole) {
  const Held copied = held(30, 4);  // four copies of each particle in its group are one particle

  EXPECT_GE(copied.mean, 925);
}

TEST(SizeIntervals, DependOnTheSeedOnly) {
  std::vector<Sized> sample = log_normal(50, 10, 1.4, 2);
  const SizeIntervals a = size_intervals(sample, 200, 7).value();
  std::reverse(sample.begin(), sample.end());

  const SizeIntervals b = size_intervals(sample, 200, 7).value();
  const SizeIntervals other = size_intervals(sample, 200, 8).value();

  EXPECT_EQ(a.low.mean, b.low.mean);
  EXPECT_EQ(a.high.d43, b.high.d43);
  EXPECT_NE(a.low.mean, other.low.mean);
}

TEST(EffectiveSampleSize, IsTheCountWhereWeightsAreEqual) {
  const std::vector<Sized> equal{{1, 2, 0}, {2, 2, 1}, {3, 2, 2}};
  const std::vector<Sized> lopsided{{1, 1, 0}, {2, 3, 1}};

  EXPECT_DOUBLE_EQ(effective_sample_size(equal), 3);
  EXPECT_DOUBLE_EQ(effective_sample_size(lopsided), 1.6);
}

TEST(NearestNeighbour, IsThatOfTryingAllPairs) {
  synthetic::Noise noise(4);
  std::vector<Point> points;
  for (int i = 0; i < 300; ++i) {
    points.push_back({200 * noise.uniform(), 100 * std::pow(noise.uniform(), 3)});
  }
  double expected = 0;
  for (const Point& a : points) {
    double nearest = std::numeric_limits<double>::infinity();
    for (const Point& b : points) {
      const double distance = std::hypot(2 * (a.y_px - b.y_px), 0.5 * (a.x_px - b.x_px));
      nearest = &a == &b ? nearest : std::min(nearest, distance);
    }
    expected += nearest / static_cast<double>(points.size());
  }

  const auto found = nearest_neighbour(points, {200, 100}, {2, 0.5});

  EXPECT_NEAR(found.value().mean, expected, 1e-9);
}

TEST(NearestNeighbour, IsCorrectedForNeighboursOutOfView) {
  // Random points of density rho have a mean nearest distance of 1 / (2 sqrt rho).
  double corrected = 0;
  double plain = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    synthetic::Noise noise(seed);
    std::vector<Point> points;
    for (int i = 0; i < 400; ++i) {
      const Point point{200 * noise.uniform() - 50.5, 200 * noise.uniform() - 50.5};
      const bool in_view =
          point.y_px >= -0.5 && point.y_px < 99.5 && point.x_px >= -0.5 && point.x_px < 99.5;
      if (in_view) {
        points.push_back(point);
      }
    }
    const auto found = nearest_neighbour(points, {100, 100}, {1, 1});
    corrected += found.value().corrected.value() / 300;
    plain += found.value().mean / 300;
  }

  EXPECT_NEAR(corrected, 5, 0.05);
  EXPECT_GT(plain, 5.1);
}

TEST(NearestNeighbour, OfOnePointIsNothing) {
  const std::vector<Point> one{{3, 3}};

  EXPECT_FALSE(nearest_neighbour(one, {10, 10}, {1, 1}).has_value());
}

TEST(NearestNeighbour, OfTwoPointsAtTheBorderHasNoCorrectedValue) {
  const std::vector<Point> two{{0, 0}, {9, 9}};

  const auto found = nearest_neighbour(two, {10, 10}, {1, 1});

  EXPECT_DOUBLE_EQ(found.value().mean, std::hypot(9, 9));
  EXPECT_EQ(found.value().corrected, std::nullopt);
}

}  // namespace
}  // namespace mote::measure
