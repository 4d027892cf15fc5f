#include "mote/measure/neck_fits.h"

#include <cmath>
#include <numbers>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::measure {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Law {
  double exponent = 1.0 / 6;
  double contact_time = -0.5;  // in frames from contact_frame
  double frames = 80;          // until x/r = 0.3
  double noise = 0;
};

/// The necks of the frames from 1 on, up to x/r = 0.3.
std::vector<NeckPoint> necks_of(const Law& law, uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> noise(0, 1);
  std::vector<NeckPoint> points;
  for (double t = 1; t < law.frames; ++t) {
    const double share = (t - law.contact_time) / (law.frames - law.contact_time);
    points.push_back(
        {.time = t, .ratio = 0.3 * std::pow(share, law.exponent) + law.noise * noise(random)});
  }
  return points;
}

constexpr ContactWindow kWindow{.earliest = -2, .latest = 0.75};

TEST(NeckLaw, IsFoundFromExactNecks) {
  const NeckLawFit fit = fit_neck_law(necks_of({.exponent = 0.2}), kWindow);

  EXPECT_NEAR(fit.exponent, 0.2, 0.003);
  EXPECT_NEAR(fit.contact_time, -0.5, 0.1);
  EXPECT_LT(fit.low.value(), 0.2);
  EXPECT_GT(fit.high.value(), 0.2);
}

TEST(NeckLaw, KnowsWhenTheLawWouldReachTheWholeRadius) {
  const NeckLawFit fit = fit_neck_law(necks_of({.exponent = 0.5}), kWindow);

  EXPECT_NEAR(fit.tau, 80.5 / std::pow(0.3, 2), 20);
}

/// Of 200 pairs, how many intervals hold the exponent.
int64_t covered(const Law& law) {
  int64_t count = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const NeckLawFit fit = fit_neck_law(necks_of(law, seed), kWindow);
    count += fit.low.value_or(0) <= law.exponent && fit.high.value_or(2) >= law.exponent ? 1 : 0;
  }
  return count;
}

// 95 % of 200 are 190, with a standard deviation of 3.
TEST(NeckLaw, HasIntervalsThatHoldTheTruthAsOftenAsTheySay) {
  EXPECT_NEAR(covered({.exponent = 1.0 / 6, .noise = 0.02}), 190, 9);
  EXPECT_NEAR(covered({.exponent = 1.0 / 2, .noise = 0.02}), 190, 9);
}

/// Of 50 recordings of 12 pairs, in how many the interval of all holds the exponent.
int64_t covered_by_all(double exponent) {
  int64_t count = 0;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    std::vector<std::vector<double>> curves;
    for (uint64_t pair = 0; pair < 12; ++pair) {
      const Law law{.exponent = exponent,
                    .contact_time = -0.1 * static_cast<double>(pair),
                    .frames = 30 + 10 * static_cast<double>(pair),
                    .noise = 0.03};
      curves.push_back(fit_neck_law(necks_of(law, 100 * seed + pair), kWindow).curve);
    }
    const std::optional<Interval> all = common_exponent(curves, 300, seed + 1);
    count += all && all->low <= exponent && all->high >= exponent ? 1 : 0;
  }
  return count;
}

// 95 % of 50 are 47.5, with a standard deviation of 1.5.
TEST(NeckLaw, HasACommonIntervalThatHoldsTheTruthAsOftenAsItSays) {
  EXPECT_GE(covered_by_all(1.0 / 6), 43);
  EXPECT_GE(covered_by_all(1.0 / 3), 43);
}

TEST(ExponentVerdict, NamesOneAloneOrNoneOrSaysThatTheDataDoNotDecide) {
  EXPECT_EQ(exponent_verdict(0.3, 0.4), "a = 1/3");
  EXPECT_EQ(exponent_verdict(0.25, 0.3), "a is none of 1/2, 1/3, 1/5, 1/6, 1/7");
  EXPECT_EQ(exponent_verdict(0.14, 0.18), "a not determined: its interval holds 1/6, 1/7");
  EXPECT_EQ(exponent_verdict(std::nullopt, 0.18), "a not determined: its interval is open");
}

NeckRow row(int64_t frame, std::vector<int32_t> tracks, std::optional<double> ratio) {
  return {.info = {.frame = frame},
          .tracks = std::move(tracks),
          .began_as = "contact",
          .ends_as = "coalescence",
          .contact_frame = 10,
          .since_contact_s = 0.5 * static_cast<double>(frame - 10),
          .ratio = ratio,
          .before = Parents{.smaller_area_px2 = std::numbers::pi * 40 * 40}};
}

/// x/r = 0.3 (t/80)^(1/3) of a pair for `frames` frames, the contact half a frame before frame 10.
void add_pair(NeckFits& fits, int32_t track, int64_t frames) {
  for (int64_t frame = 11; frame < 10 + frames; ++frame) {
    const double t = static_cast<double>(frame) - 9.5;
    fits.add(row(frame, {track, track + 1}, 0.3 * std::cbrt(t / 80)));
  }
}

TEST(NeckFits, FitEachPairUpToThreeTenths) {
  NeckFits fits({.interval_s = 0.5});
  add_pair(fits, 1, 120);

  const std::vector<NeckFitRow> rows = fits.rows();

  ASSERT_EQ(rows.size(), 2U);
  EXPECT_THAT(rows[1].tracks, ElementsAre(1, 2));
  EXPECT_EQ(rows[1].last_frame, 89);
  EXPECT_NEAR(rows[1].exponent.value(), 1.0 / 3, 0.01);
  EXPECT_NEAR(rows[1].tau.value(), 80 / std::pow(0.3, 3), 100);
  EXPECT_EQ(rows[1].verdict, "a = 1/3");
}

TEST(NeckFits, FindOneExponentForManyPairs) {
  NeckFits fits({.interval_s = 0.5});
  for (int32_t pair = 0; pair < 8; ++pair) {
    add_pair(fits, 1 + 2 * pair, 60);
  }

  const NeckFitRow all = fits.rows().front();

  EXPECT_THAT(all.tracks, IsEmpty());
  EXPECT_EQ(all.n_pairs, 8);
  EXPECT_NEAR(all.exponent.value(), 1.0 / 3, 0.01);
}

TEST(NeckFits, SayWhyTooFewFramesDecideNothing) {
  NeckFits fits({});
  add_pair(fits, 1, 6);

  const std::vector<NeckFitRow> rows = fits.rows();

  EXPECT_FALSE(rows.at(1).exponent.has_value());
  EXPECT_EQ(rows.at(1).verdict,
            "a not determined: a neck of at most 0.3 is seen in 5 frames, fewer than 10");
  EXPECT_THAT(rows.at(0).verdict, HasSubstr("1 of 1 pairs"));
}

TEST(NeckFits, SayThatNecksWhichComeAndGoDecideNothing) {
  NeckFits fits({});
  for (int64_t frame = 11; frame < 71; ++frame) {
    fits.add(row(frame, {1, 2}, frame % 3 == 0 ? 0 : 0.2));
  }

  const std::vector<NeckFitRow> rows = fits.rows();

  EXPECT_EQ(rows.at(1).verdict, "a not determined: no neck is seen in 20 of 60 frames");
  EXPECT_EQ(rows.at(0).n_pairs, 0);
}

TEST(NeckFits, SayThatNecksOfSmallParticlesAreBlurred) {
  NeckFits fits({});
  for (int64_t frame = 11; frame < 71; ++frame) {
    NeckRow small = row(frame, {1, 2}, 0.2);
    small.before->smaller_area_px2 = std::numbers::pi * 17 * 17;
    fits.add(small);
  }

  const std::vector<NeckFitRow> rows = fits.rows();

  EXPECT_EQ(rows.at(1).verdict,
            "a not determined: r of the smaller one is 17 px, necks of 0.3 r are blurred below 30 "
            "px");
  EXPECT_EQ(rows.at(0).n_pairs, 0);
}

TEST(NeckFits, LeaveOutPairsThatPartedOverlapOrCameLate) {
  NeckFits fits({});
  NeckRow parted = row(11, {1, 2}, 0.2);
  parted.ends_as = "parted";
  NeckRow overlap = row(11, {3, 4}, 0.2);
  overlap.began_as = "overlap";
  fits.add(parted);
  fits.add(overlap);
  fits.add(row(40, {5, 6}, 0.2));

  EXPECT_THAT(fits.rows(), IsEmpty());
  EXPECT_THAT(fits.curves(), IsEmpty());
}

TEST(NeckFits, KeepAThinnedCurveOfAllStages) {
  NeckFits fits({.interval_s = 0.5});
  add_pair(fits, 1, 2000);

  const std::vector<NeckCurve> curves = fits.curves();

  ASSERT_EQ(curves.size(), 1U);
  EXPECT_LE(curves[0].points.size(), 512U);
  EXPECT_GT(curves[0].points.back().ratio, 0.8);
  EXPECT_DOUBLE_EQ(curves[0].points.front().time, 0.5);
}

}  // namespace
}  // namespace mote::measure
