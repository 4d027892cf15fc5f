#include "mote/report/figure_set.h"

#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::report {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const PixelSize kPixel{.y_nm = 0.5, .x_nm = 0.5, .relative_uncertainty = {}, .source = {}};
constexpr Size kField{200, 200};

measure::FrameInfo info_of(int64_t frame) {
  return {.frame = frame,
          .recorded_frame = frame,
          .time_s = 0.1 * static_cast<double>(frame),
          .pixel_size = kPixel};
}

measure::ParticleRow particle(int64_t frame, int32_t track, Point at, double radius_px) {
  measure::ParticleRow row{.info = info_of(frame), .tracks = {track}, .border_weight = 1.1};
  row.measures.centroid = at;
  row.measures.area_px2 = std::numbers::pi * radius_px * radius_px;
  return row;
}

// Two particles, 40 px apart, of which the second merges after half of the time.
struct Recording {
  Lineage lineage;
  std::map<int32_t, measure::TrackEnds> ends;
  int64_t frames = 20;

  Recording() {
    lineage.tracks = {{.id = 1, .first_frame = 0, .last_frame = 19},
                      {.id = 2, .first_frame = 0, .last_frame = 9}};
    ends[2].end_cause = "coalescence";
  }

  FigureSet figures(const FigureTables& tables = {}, const FigureLimits& limits = {}) const {
    FigureBuilder builder(lineage, ends, frames, limits);
    for (int64_t i = 0; i < frames; ++i) {
      measure::FrameRow row{.info = info_of(i)};
      row.d32_px = {.value = 10, .low = 8, .high = 12.5};
      row.values["temperature_c"] = 400 + static_cast<double>(i);
      std::vector<measure::ParticleRow> particles = {particle(i, 1, {100, 80}, 5)};
      if (i < 10) {
        particles.push_back(particle(i, 2, {100, 120}, 4));
      }
      builder.add_frame(row, particles, kField);
    }
    return builder.figures(tables);
  }
};

const Figure* find(const FigureSet& set, const std::string& name) {
  for (const Figure& figure : set.figures) {
    if (figure.name == name) {
      return &figure;
    }
  }
  return nullptr;
}

TEST(FigureSet, SaysOfEveryFigureThatIsNotDrawnWhy) {
  const FigureSet set = Recording().figures();

  std::vector<std::string> missing;
  for (const MissingFigure& one : set.missing) {
    EXPECT_FALSE(one.why.empty());
    missing.push_back(one.name);
  }
  EXPECT_THAT(missing, ElementsAre("budget", "conservation", "rates", "msd", "survival", "necks"));
  EXPECT_EQ(set.figures.size() + set.missing.size(), 11U);
}

TEST(FigureSet, ShowsTheRadiusOfEveryTrackByItsFate) {
  const FigureSet set = Recording().figures();

  const Figure* radii = find(set, "radii");
  ASSERT_TRUE(radii);
  const std::vector<Series>& series = radii->panels.at(0).series;
  ASSERT_EQ(series.size(), 2U);
  EXPECT_EQ(series[0].name, "track 1, alive at the end");
  EXPECT_EQ(series[1].name, "track 2, merged");
  EXPECT_EQ(series[1].x.size(), 10U);
  EXPECT_NEAR(series[1].y.at(3), 2, 1e-6);  // nm
  EXPECT_NEAR(series[1].x.at(3), 0.3, 1e-9);
}

TEST(FigureSet, ThinsRadiiToItsLimitWithoutBreakingThem) {
  const FigureSet set = Recording().figures({}, {.track_points = 10});

  for (const Series& series : find(set, "radii")->panels.at(0).series) {
    EXPECT_LT(series.x.size(), 10U);
    for (const double x : series.x) {
      EXPECT_TRUE(std::isfinite(x));
    }
  }
}

TEST(FigureSet, LeavesOutTracksBeyondItsLimitAndSaysSo) {
  const FigureSet set = Recording().figures({}, {.tracks = 1});

  const Panel& panel = find(set, "radii")->panels.at(0);
  EXPECT_EQ(panel.series.size(), 1U);
  EXPECT_THAT(panel.notes, ElementsAre("*N* = 1, the longest tracks"));
}

TEST(FigureSet, ShowsTheInverseOfD32WithItsIntervalTheRightWayRound) {
  const FigureSet set = Recording().figures();

  const Series& series = find(set, "dispersion")->panels.at(0).series.at(0);
  EXPECT_DOUBLE_EQ(series.y.at(0), 1 / 5.0);
  EXPECT_DOUBLE_EQ(series.low.at(0), 1 / 6.25);
  EXPECT_DOUBLE_EQ(series.high.at(0), 1 / 4.0);
}

TEST(FigureSet, ShowsTheTemperatureInItsOwnUnit) {
  const FigureSet set = Recording().figures();

  const Panel& panel = find(set, "temperature")->panels.at(0);
  EXPECT_EQ(panel.y.label, "Temperature (°C)");
  EXPECT_EQ(panel.series.at(0).y.at(7), 407);
}

TEST(FigureSet, ShowsTheDistanceToTheNearestNeighbourByFate) {
  const FigureSet set = Recording().figures();

  const Panel& panel = find(set, "neighbours")->panels.at(0);
  EXPECT_THAT(panel.x.categories, ElementsAre("alive", "merged"));
  EXPECT_THAT(panel.x.category_notes, ElementsAre("*N* = 1", "*N* = 1"));
  EXPECT_THAT(panel.series.at(0).y, ElementsAre(20));  // nm
}

TEST(FigureSet, LeavesOutADistanceThatAHiddenNeighbourMayUndercut) {
  Recording recording;
  FigureBuilder builder(recording.lineage, recording.ends, 1);
  const std::vector<measure::ParticleRow> particles = {particle(0, 1, {100, 30}, 5),
                                                       particle(0, 2, {100, 70}, 4)};
  builder.add_frame({.info = info_of(0)}, particles, kField);

  const FigureSet set = builder.figures({});

  const Panel& panel = find(set, "neighbours")->panels.at(0);
  EXPECT_THAT(panel.x.categories, ElementsAre("merged"));
}

TEST(FigureSet, ShowsDistributionsOfFourTimes) {
  const FigureSet set = Recording().figures();

  const Figure* sizes = find(set, "sizes");
  ASSERT_EQ(sizes->panels.size(), 4U);
  EXPECT_THAT(sizes->panels[0].notes, ElementsAre("*t* = 0 s", "*N* = 2"));
  EXPECT_THAT(sizes->panels[3].notes, ElementsAre("*t* = 1.9 s", "*N* = 1"));
  const Series& bars = sizes->panels[0].series.at(0);
  double area = 0;
  for (size_t i = 0; i + 1 < bars.x.size(); ++i) {
    area += bars.y[i] * (bars.x[i + 1] - bars.x[i]);
  }
  EXPECT_NEAR(area, 1, 1e-9);
}

TEST(FigureSet, ShowsCurvesOfEnoughSizesOnly) {
  SizesAtTime few{.info = info_of(0)};
  for (int i = 0; i < 19; ++i) {
    few.ecd_px.push_back(10 + 0.1 * i);
    few.weights.push_back(1);
  }
  SizesAtTime enough = few;
  enough.ecd_px.push_back(13);
  enough.weights.push_back(1);
  const FigureUnits units{.length = "px", .length_ascii = "px"};

  EXPECT_EQ(sizes_figure(std::vector{few}, units)->panels.at(0).series.size(), 1U);
  EXPECT_EQ(sizes_figure(std::vector{enough}, units)->panels.at(0).series.size(), 3U);
}

TEST(FigureSet, ShowsWhatChangedTheNumberAndLeavesOutWhatNeverDid) {
  FigureTables tables;
  for (int64_t i = 0; i < 20; ++i) {
    measure::BudgetRow row{.info = info_of(i)};
    row.budget = {.n = i < 10 ? 2 : 1, .merged = i < 10 ? 0 : 1};
    row.conserved = measure::Conserved{.particles = 2, .volume_px3 = 1000, .intensity = -50};
    tables.budget.push_back(row);
  }

  const FigureSet set = Recording().figures(tables);

  const Figure* budget = find(set, "budget");
  ASSERT_EQ(budget->panels.size(), 2U);
  ASSERT_EQ(budget->panels[1].series.size(), 1U);
  EXPECT_EQ(budget->panels[1].series[0].name, "merged");
  EXPECT_EQ(budget->panels[1].series[0].y.back(), 1);
  const Figure* conservation = find(set, "conservation");
  EXPECT_DOUBLE_EQ(conservation->panels.at(0).series.at(0).y.at(0), 125);  // nm³
  EXPECT_EQ(conservation->panels.at(1).series.at(0).y.at(0), 50);
  EXPECT_EQ(conservation->panels.at(1).y.column, "background_less_intensity");
}

TEST(FigureSet, ShowsRatesInPhysicalUnitsAndCountsThoseBeyondTheAxis) {
  FigureTables tables;
  for (int i = 0; i < 300; ++i) {
    measure::RateRow row{.units = {.pixel_size = kPixel, .interval_s = 0.1}};
    row.bin = i / 100;
    row.radius_px = 4 + 0.01 * i;
    row.rate = i == 7 ? 1e3 : 0.01 * std::sin(i);
    row.critical_radius_px = measure::Interval{6, 5, 7};
    tables.rates.push_back(row);
  }

  const FigureSet set = Recording().figures(tables);

  const Panel& panel = find(set, "rates")->panels.at(0);
  EXPECT_EQ(panel.y.label, "d*r*/d*t* (nm/s)");
  EXPECT_THAT(panel.notes, ElementsAre("*N* = 300, 1 beyond the axis"));
  EXPECT_LT(*panel.y.high, 0.2);
  EXPECT_DOUBLE_EQ(panel.series.at(2).y.at(1), 0.01 * std::sin(1) * 5);
  EXPECT_THAT(csv(*find(set, "rates")), HasSubstr("\"critical radius, first third\",3,"));
}

TEST(FigureSet, ShowsSurvivalToTheEndOfTheRecordingWhereAnyDissolved) {
  FigureTables tables;
  measure::SurvivalRow row{.least_radius_px = 2, .greatest_radius_px = 4, .n_tracks = 10};
  row.time_s = 0;
  row.pixel_size = kPixel;
  tables.survival = {row};
  EXPECT_FALSE(find(Recording().figures(tables), "survival"));
  row.frame = 5;
  row.time_s = 0.5;
  row.step = {.time = 5, .at_risk = 10, .dissolved = 1, .survival = 0.9, .low = 0.5, .high = 0.98};
  tables.survival.push_back(row);

  const FigureSet set = Recording().figures(tables);

  const Series& series = find(set, "survival")->panels.at(0).series.at(0);
  EXPECT_EQ(plain_text(series.label), "r0 = 1\u20132 nm, N = 10");
  EXPECT_THAT(series.x, ElementsAre(0, 0.5, testing::DoubleNear(1.9, 1e-9)));
  EXPECT_THAT(series.y, ElementsAre(1, 0.9, 0.9));
}

TEST(FigureSet, EndsTheIntervalOfSurvivalWhereNoneIsLeft) {
  FigureTables tables;
  for (const int64_t frame : {0, 5, 9}) {
    measure::SurvivalRow row{.n_tracks = 2, .frame = frame};
    row.time_s = 0.1 * static_cast<double>(frame);
    row.step = {.at_risk = 2, .dissolved = frame > 0 ? 1 : 0, .low = 0.1, .high = 0.9};
    row.step.survival = frame == 0 ? 1 : frame == 5 ? 0.5 : 0;
    tables.survival.push_back(row);
  }

  const FigureSet set = Recording().figures(tables);

  const Series& series = find(set, "survival")->panels.at(0).series.at(0);
  EXPECT_EQ(series.high.at(1), 0.9);
  EXPECT_TRUE(std::isnan(series.low.at(2)) && std::isnan(series.high.at(2)));
}

TEST(FigureSet, ShowsTheMsdOnLogAxesWithALineOfSlopeOne) {
  FigureTables tables;
  for (const int64_t lag : {1, 2, 4}) {
    tables.msd.push_back({.of = "track",
                          .pixel_size = kPixel,
                          .interval_s = 0.1,
                          .lag_intervals = lag,
                          .msd_px2 = 4.0 * static_cast<double>(lag),
                          .low_px2 = 3,
                          .high_px2 = 20,
                          .n_tracks = 7});
  }

  const FigureSet set = Recording().figures(tables);

  const Panel& panel = find(set, "msd")->panels.at(0);
  EXPECT_EQ(panel.x.scale, Scale::kLog);
  EXPECT_THAT(panel.series.at(0).y, ElementsAre(1, 4));  // nm²
  EXPECT_EQ(panel.series.at(1).label, "tracks, *N* = 7");
  EXPECT_DOUBLE_EQ(panel.series.at(1).x.at(2), 0.4);
}

/// A pair whose neck grows as (t + 0.05 s)^(1/3) and is 0.3 after 1.95 s, seen every 0.1 s.
measure::NeckCurve growing_neck() {
  measure::NeckCurve curve{.tracks = {1, 2}, .contact_frame = 3};
  for (int i = 0; i < 60; ++i) {
    curve.points.push_back({.time = 0.1 * i, .ratio = 0.3 * std::cbrt((0.1 * i + 0.05) / 1.95)});
  }
  return curve;
}

TEST(FigureSet, ShowsNecksWithTheClassicalExponentsAsGuides) {
  const FigureTables tables{.necks = {growing_neck()},
                            .neck_fits = {{.interval_s = 0.1, .verdict = "a not determined: why"}},
                            .necks_timed = true};

  const FigureSet set = Recording().figures(tables);

  const Panel& panel = find(set, "necks")->panels.at(0);
  ASSERT_EQ(panel.series.size(), 6U);
  EXPECT_DOUBLE_EQ(panel.series[0].x.front(), 0.05);
  EXPECT_EQ(panel.series[2].label, "*a* = 1/3");
  EXPECT_NEAR(panel.series[2].x.at(1), 1.95, 1e-9);
  EXPECT_NEAR(panel.series[2].y.at(0), panel.series[0].y.front(), 1e-9);
  EXPECT_THAT(panel.notes, ElementsAre("*N* = 1 pairs", "*a* not determined"));
  EXPECT_THAT(find(set, "necks")->caption, HasSubstr("a not determined: why"));
}

TEST(FigureSet, ShowsNoGuidesWhereNoNeckIsSoThinThatTheLawsHold) {
  measure::NeckCurve wide = growing_neck();
  std::erase_if(wide.points, [](const measure::NeckPoint& point) { return point.ratio <= 0.3; });

  const FigureSet set = Recording().figures({.necks = {wide}, .necks_timed = true});

  EXPECT_EQ(find(set, "necks")->panels.at(0).series.size(), 1U);
  EXPECT_THAT(find(set, "necks")->caption, HasSubstr("none was seen up to 0.3"));
}

TEST(FigureSet, ShowsTheFitOfAllNecksWithItsInterval) {
  const FigureTables tables{
      .necks = {growing_neck()},
      .neck_fits =
          {{.interval_s = 0.1, .exponent = 0.34, .low = 0.3, .high = 0.36, .verdict = "a = 1/3"}},
      .necks_timed = true};

  const FigureSet set = Recording().figures(tables);

  const Panel& panel = find(set, "necks")->panels.at(0);
  EXPECT_EQ(panel.series.back().name, "fit");
  EXPECT_THAT(panel.notes, ElementsAre("*N* = 1 pairs", "*a* = 0.340 (0.300\u20130.360)"));
}

TEST(FigureSet, ThinsNecksToItsLimit) {
  const FigureTables tables{.necks = {growing_neck()}};

  const FigureSet set = Recording().figures(tables, {.necks = 20});

  EXPECT_EQ(find(set, "necks")->panels.at(0).series.at(0).x.size(), 20U);
}

TEST(FigureSet, NamesOfAxesFitBesideTheirFrames) {
  FigureTables tables;
  for (int64_t i = 0; i < 20; ++i) {
    measure::BudgetRow row{.info = info_of(i)};
    row.budget.n = 2;
    row.conserved = measure::Conserved{.particles = 2, .volume_px3 = 1e9, .intensity = 5e6};
    tables.budget.push_back(row);
  }

  for (const Figure& figure : Recording().figures(tables).figures) {
    for (const Panel& panel : figure.panels) {
      constexpr double kPointsPerMm = 72 / 25.4;
      EXPECT_LT(width_pt(markup(panel.y.label, 8)), (panel.height_mm + 2) * kPointsPerMm)
          << figure.name << ": " << panel.y.label;
    }
  }
}

}  // namespace
}  // namespace mote::report
