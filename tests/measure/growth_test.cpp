#include "mote/measure/growth.h"

#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/measure/ripening.h"

namespace mote::measure {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const GrowthRow& row_of(const std::vector<GrowthRow>& rows, const std::string& coalescence,
                        const std::string& exponent) {
  for (const GrowthRow& row : rows) {
    if (row.coalescence == coalescence && row.exponent == exponent) {
      return row;
    }
  }
  static const GrowthRow none;
  return none;
}

/// The largest relative error of r* over all bins.
double worst_critical_radius(const Ripened& ripened, int64_t frames) {
  double worst = 0;
  for (const RateRow& row : ripened.rates) {
    const double middle = (static_cast<double>(row.bin) + 0.5) * static_cast<double>(frames) / 20;
    const double truth = ripened.true_critical_px[static_cast<size_t>(middle)];
    worst = std::max(worst, std::abs(row.critical_radius_px.value().value / truth - 1));
  }
  return worst;
}

TEST(Growth, OfALongRipeningHoldsItsExponentAndRate) {
  const Ripening truth{.exponent = 3, .particles = 600, .frames = 200, .until = 2.2};

  const Ripened ripened = measured_ripening(truth, {.resamples = 60});

  const GrowthRow& free = row_of(ripened.growth, "as_seen", "free");
  EXPECT_LT(free.n->low, 3);
  EXPECT_GT(free.n->high, 3);
  EXPECT_NEAR(free.growth.value(), 2.2, 0.15);
  EXPECT_NEAR(static_cast<double>(free.n_tracks), 600, 5);  // the smallest are below the limit
  const GrowthRow& cubic = row_of(ripened.growth, "as_seen", "3");
  const double k = 1000 * (std::pow(2.2, 3) - 1) / 199;  // <r>^3 from 10^3, over 199 intervals
  EXPECT_NEAR(cubic.k->value / k, 1, 0.1);
  EXPECT_NEAR(cubic.r0_px->value, 10, 0.4);
}

TEST(Growth, OfAShortRipeningIsToldByTheRatesOfItsParticles) {
  const Ripened ripened = measured_ripening(
      {.exponent = 3, .particles = 60, .frames = 100, .until = 1.2}, {.resamples = 40});

  const RateRow& row = ripened.rates.front();
  EXPECT_EQ(row.law_verdict, "n = 3");
  EXPECT_NEAR(row.law_n.value().value, 3, 0.3);
  EXPECT_NEAR(row.law_critical_radius_px.value().value / ripened.true_critical_px[4], 1, 0.03);
}

/// A ripening until the mean radius has grown `until` times, of ECDs that are uncertain by that.
Ripened of_convention(double convention_px, double until) {
  Ripening truth{.exponent = 3, .particles = 60, .frames = 100, .until = until};
  truth.convention_px = convention_px;
  return measured_ripening(truth, {.resamples = 40});
}

TEST(Growth, OfParticlesWhoseBoundaryIsUncertainHasAWiderExponent) {
  const Ripened sharp = of_convention(0, 1.2);
  const Ripened blurred = of_convention(1, 1.2);

  const Interval n = sharp.rates.front().law_n.value();
  const Interval wider = blurred.rates.front().law_n.value();
  EXPECT_EQ(wider.value, n.value);
  EXPECT_LT(wider.low, n.low - 0.1);
  EXPECT_GT(wider.high, n.high + 0.1);
}

TEST(Growth, OfParticlesWhoseBoundaryIsUncertainHasAWiderCriticalRadius) {
  const Ripened sharp = of_convention(0, 1.2);
  const Ripened blurred = of_convention(1, 1.2);

  const Interval r = sharp.rates.front().critical_radius_px.value();
  const Interval wider = blurred.rates.front().critical_radius_px.value();
  EXPECT_EQ(wider.value, r.value);
  EXPECT_NEAR(wider.value - wider.low, std::hypot(r.value - r.low, 1.96 * 0.5), 1e-3);
  EXPECT_NEAR(wider.high - wider.value, std::hypot(r.high - r.value, 1.96 * 0.5), 1e-3);
}

TEST(Growth, OfParticlesWhoseBoundaryIsUncertainHasAWiderExponentOfItsMeanRadius) {
  const Ripened sharp = of_convention(0, 1.8);
  const Ripened blurred = of_convention(1, 1.8);

  const Interval n = sharp.growth.front().n.value();
  const Interval wider = blurred.growth.front().n.value();
  EXPECT_EQ(wider.value, n.value);
  EXPECT_LT(wider.low, n.low);
  EXPECT_GT(wider.high, n.high);
}

TEST(Growth, OfFewParticlesSaysWhyTheirRatesDecideNothing) {
  const Ripened ripened = measured_ripening(
      {.exponent = 3, .particles = 8, .frames = 100, .until = 1.2}, {.resamples = 40});

  const RateRow& row = ripened.rates.front();
  EXPECT_THAT(row.law_verdict, StartsWith("n not determined: fewer than 10 families"));
  EXPECT_FALSE(row.law_n);
}

TEST(Growth, OfAShortRipeningIsNotDetermined) {
  const Ripened ripened = measured_ripening(
      {.exponent = 3, .particles = 300, .frames = 100, .until = 1.3}, {.resamples = 40});

  EXPECT_THAT(
      row_of(ripened.growth, "as_seen", "free").verdict,
      testing::AllOf(StartsWith("n not determined: <r> grew 1."), HasSubstr("less than 1.5")));
}

TEST(Growth, OfFewTracksIsNotFitted) {
  const Ripened ripened =
      measured_ripening({.particles = 8, .frames = 100, .until = 1.2}, {.resamples = 10});

  EXPECT_FALSE(row_of(ripened.growth, "as_seen", "free").n);
  EXPECT_THAT(row_of(ripened.growth, "as_seen", "free").verdict, HasSubstr("fewer than 10"));
}

TEST(Rates, CrossZeroAtTheCriticalRadius) {
  for (const int exponent : {2, 3, 4}) {
    SCOPED_TRACE(exponent);
    const Ripened ripened = measured_ripening(
        {.exponent = exponent, .particles = 400, .frames = 200, .until = 1.6}, {.resamples = 20});

    ASSERT_GT(ripened.rates.size(), 1000);
    EXPECT_LT(worst_critical_radius(ripened, 200), 0.03);
  }
}

TEST(Survival, IsWorseForSmallParticles) {
  const Ripened ripened = measured_ripening(
      {.exponent = 3, .particles = 300, .frames = 100, .until = 1.4}, {.resamples = 10});

  std::map<int64_t, double> last;
  int64_t dissolved = 0;
  for (const SurvivalRow& row : ripened.survival) {
    last[row.size_class] = row.step.survival;
    dissolved += row.step.dissolved;
  }
  EXPECT_EQ(dissolved, ripened.dissolved);
  EXPECT_LT(last.at(1), 0.3);
  EXPECT_GT(last.at(3), 0.9);
}

ParticleRow sized(int64_t frame, int32_t track, double radius) {
  ParticleRow row;
  row.info.frame = frame;
  row.measures.area_px2 = std::numbers::pi * radius * radius;
  row.border_weight = 1;
  row.tracks = {track};
  return row;
}

/// Pairs of radius 10 that never grow but by merging, one pair after another.
std::vector<GrowthRow> merging_pairs(int64_t frames) {
  constexpr int32_t kPairs = 20;
  Lineage lineage;
  std::map<int32_t, TrackEnds> ends;
  const auto merged_at = [&](int32_t pair) { return 5 + (pair * (frames - 20)) / kPairs; };
  for (int32_t pair = 0; pair < kPairs; ++pair) {
    lineage.tracks.push_back({2 * pair + 1, 0, merged_at(pair) - 1, {}});
    lineage.tracks.push_back({2 * pair + 2, 0, merged_at(pair) - 1, {}});
  }
  for (int32_t pair = 0; pair < kPairs; ++pair) {
    lineage.tracks.push_back(
        {100 + pair, merged_at(pair), frames - 1, {2 * pair + 1, 2 * pair + 2}});
  }
  GrowthCollector collector(lineage, ends, {.frames = frames, .resamples = 20});
  for (int64_t frame = 0; frame < frames; ++frame) {
    std::vector<ParticleRow> rows;
    for (const Track& track : lineage.tracks) {
      if (track.first_frame <= frame && frame <= track.last_frame) {
        rows.push_back(sized(frame, track.id, track.id < 100 ? 10 : 10 * std::cbrt(2.0)));
      }
    }
    collector.add({.frame = frame}, rows, std::nullopt);
  }
  return collector.growth();
}

TEST(Growth, ByCoalescenceAloneIsNoGrowthOnceItIsModelledOut) {
  const std::vector<GrowthRow> rows = merging_pairs(200);

  EXPECT_NEAR(row_of(rows, "as_seen", "3").growth.value(), std::cbrt(2.0), 0.05);
  EXPECT_NEAR(row_of(rows, "modelled_out", "3").growth.value(), 1, 1e-6);
  EXPECT_EQ(row_of(rows, "as_seen", "3").n_families, 20);
}

/// Twelve particles that keep their size, at the temperature of each of 300 frames.
template <typename Temperature>
std::vector<GrowthRow> heated(const Temperature& temperature) {
  Lineage lineage;
  for (int32_t id = 1; id <= 12; ++id) {
    lineage.tracks.push_back({id, 0, 299, {}});
  }
  GrowthCollector collector(lineage, {}, {.frames = 300, .resamples = 10});
  for (int64_t frame = 0; frame < 300; ++frame) {
    std::vector<ParticleRow> rows;
    for (int32_t id = 1; id <= 12; ++id) {
      rows.push_back(sized(frame, id, 10 + 0.1 * id));
    }
    collector.add({.frame = frame}, rows, temperature(frame));
  }
  return collector.growth();
}

/// Two temperatures with a ramp between.
std::optional<double> ramped(int64_t frame) {
  return 600 + 50 * std::clamp((static_cast<double>(frame) - 100) / 50, 0.0, 1.0);
}

/// A plateau, then a ramp so slow that it keeps within two degrees for 50 frames at a time.
std::optional<double> slowly_ramped(int64_t frame) {
  return 600 + std::max(0.0, (static_cast<double>(frame) - 100) / 25);
}

std::optional<double> missing_in_the_middle(int64_t frame) {
  return frame >= 100 && frame < 150 ? std::nullopt : std::optional(600.0);
}

TEST(Growth, IsFittedOverIsothermalStretchesAlone) {
  std::vector<GrowthRow> rows = heated(ramped);

  std::erase_if(rows, [](const GrowthRow& row) {
    return row.exponent != "free" || row.coalescence != "as_seen";
  });
  ASSERT_EQ(rows.size(), 2);
  EXPECT_NEAR(rows[0].temperature.value(), 600, 0.1);
  EXPECT_EQ(rows[0].first_frame, 0);
  EXPECT_NEAR(static_cast<double>(rows[0].last_frame), 100, 4);
  EXPECT_NEAR(rows[1].temperature.value(), 650, 0.2);
  EXPECT_NEAR(static_cast<double>(rows[1].first_frame), 150, 4);
  EXPECT_EQ(rows[1].last_frame, 299);
}

TEST(Growth, IsNotFittedOverPiecesOfASlowRamp) {
  std::vector<GrowthRow> rows = heated(slowly_ramped);

  std::erase_if(rows, [](const GrowthRow& row) {
    return row.exponent != "free" || row.coalescence != "as_seen";
  });
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0].first_frame, 0);
  EXPECT_NEAR(rows[0].temperature.value(), 600.3, 0.3);
}

TEST(Growth, IsNotFittedAcrossFramesWhoseTemperatureIsMissing) {
  std::vector<GrowthRow> rows = heated(missing_in_the_middle);

  std::erase_if(rows, [](const GrowthRow& row) {
    return row.exponent != "free" || row.coalescence != "as_seen";
  });
  ASSERT_EQ(rows.size(), 2);
  EXPECT_NEAR(static_cast<double>(rows[0].last_frame), 100, 4);
  EXPECT_NEAR(static_cast<double>(rows[1].first_frame), 150, 4);
  EXPECT_NEAR(rows[1].temperature.value(), 600, 1e-9);
}

TEST(GrowthColumns, HoldNoPhysicalUnitWhereNoneIsKnown) {
  const Ripened ripened =
      measured_ripening({.particles = 60, .frames = 60, .until = 1.2}, {.resamples = 10});

  for (const auto& column : growth_columns()) {
    if (column.unit.find("nm") != std::string::npos) {
      EXPECT_EQ(text(column.cell(ripened.growth.front())), "") << column.name;
    }
  }
  for (const auto& column : rate_columns()) {
    if (column.unit.find("nm") != std::string::npos || column.unit == "s") {
      EXPECT_EQ(text(column.cell(ripened.rates.front())), "") << column.name;
    }
  }
}

}  // namespace
}  // namespace mote::measure
