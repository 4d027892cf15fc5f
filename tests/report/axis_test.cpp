#include "mote/report/axis.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::report {
namespace {

using testing::ElementsAre;

std::vector<std::string> labels(const std::vector<Tick>& ticks) {
  std::vector<std::string> found;
  for (const Tick& tick : ticks) {
    if (!tick.label.empty()) {
      found.push_back(tick.label);
    }
  }
  return found;
}

TEST(AxisRange, BeginsAtZeroWhereTheValuesComeNearIt) {
  const std::vector<double> near = {1, 10};
  const std::vector<double> far = {90, 100};

  EXPECT_EQ(axis_range(near, Scale::kLinear).low, 0);
  EXPECT_DOUBLE_EQ(axis_range(far, Scale::kLinear).low, 89.6);
  EXPECT_DOUBLE_EQ(axis_range(far, Scale::kLinear).high, 100.4);
}

TEST(AxisRange, LeavesOutWhatItCannotShow) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> values = {nan, -5, 0, 0.1, 10, HUGE_VAL};

  const Range log = axis_range(values, Scale::kLog);

  EXPECT_NEAR(log.low, 0.1, 0.02);
  EXPECT_NEAR(log.high, 10, 2.1);
}

TEST(AxisRange, HoldsASingleValueAndNone) {
  const std::vector<double> one = {4};
  const std::vector<double> zero = {0, 0};

  EXPECT_EQ(axis_range(one, Scale::kLinear), (Range{2, 6}));
  EXPECT_EQ(axis_range(zero, Scale::kLinear), (Range{0, 1}));
  EXPECT_EQ(axis_range(one, Scale::kLog), (Range{2, 8}));
  EXPECT_EQ(axis_range({}, Scale::kLinear), (Range{0, 1}));
  EXPECT_EQ(axis_range({}, Scale::kLog), (Range{1, 10}));
}

TEST(AxisExponent, IsAMultipleOfThreeForLargeAndSmallValuesOnly) {
  EXPECT_EQ(axis_exponent({0, 10000}), 0);
  EXPECT_EQ(axis_exponent({0, 2.5e7}), 6);
  EXPECT_EQ(axis_exponent({-4e-4, 1e-4}), -6);
  EXPECT_EQ(axis_exponent({0, 0.01}), 0);
  EXPECT_EQ(axis_exponent({0, 1e6}), 6);
}

TEST(LinearTicks, AreRoundAndNoMoreThanAskedFor) {
  EXPECT_THAT(labels(linear_ticks({0, 10}, 6)), ElementsAre("0", "2", "4", "6", "8", "10"));
  EXPECT_THAT(labels(linear_ticks({0, 10}, 5)), ElementsAre("0", "5", "10"));
  EXPECT_THAT(labels(linear_ticks({-0.13, 0.26}, 5)),
              ElementsAre("\u22120.1", "0.0", "0.1", "0.2"));
  EXPECT_THAT(labels(linear_ticks({0, 3e6}, 4, 6)), ElementsAre("0", "1", "2", "3"));
}

TEST(LinearTicks, HaveMinorOnesBetweenThem) {
  const auto ticks = linear_ticks({0, 10}, 5);

  EXPECT_EQ(ticks.size(), 11U);
  EXPECT_EQ(ticks[3], (Tick{3, ""}));
}

TEST(LogTicks, LabelPowersOfTen) {
  EXPECT_THAT(labels(log_ticks({0.5, 2000}, 8)), ElementsAre("1", "10", "100", "1000"));
  EXPECT_THAT(labels(log_ticks({5e-5, 2e-3}, 2)), ElementsAre("10^{\u22124}", "10^{\u22123}"));
}

TEST(LogTicks, LabelFewerPowersWhereTheyAreMany) {
  EXPECT_THAT(labels(log_ticks({1e-6, 1e6}, 5)),
              ElementsAre("10^{\u22126}", "10^{\u22123}", "1", "1000", "10^{6}"));
}

TEST(LogTicks, LabelMultiplesWhereNoTwoPowersLieWithin) {
  EXPECT_THAT(labels(log_ticks({0.15, 0.6}, 5)), ElementsAre("0.2", "0.5"));
  EXPECT_THAT(labels(log_ticks({3, 4.5}, 5)), ElementsAre("3", "4"));
}

}  // namespace
}  // namespace mote::report
