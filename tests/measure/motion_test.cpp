#include "mote/measure/motion.h"

#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/measure/walks.h"

namespace mote::measure {
namespace {

using synthetic::Walk;
using testing::HasSubstr;

ParticleRow at(int64_t frame, Point centroid, std::vector<int32_t> tracks = {1}) {
  ParticleRow row;
  row.info = {.frame = frame, .recorded_frame = frame};
  row.measures.area_px2 = 100;
  row.measures.centroid = centroid;
  row.tracks = std::move(tracks);
  return row;
}

MotionRow measured(const std::vector<ParticleRow>& rows, const MotionOptions& options = {}) {
  TrackMotion motion(1, options);
  for (const ParticleRow& row : rows) {
    motion.add(row, 0);
  }
  return motion.row();
}

std::vector<ParticleRow> rows_of(const std::vector<Point>& positions) {
  std::vector<ParticleRow> rows;
  for (size_t i = 0; i < positions.size(); ++i) {
    rows.push_back(at(static_cast<int64_t>(i), positions[i]));
  }
  return rows;
}

std::string cell(const MotionRow& row, const std::string& name) {
  for (const auto& column : motion_columns()) {
    if (column.name == name) {
      return text(column.cell(row));
    }
  }
  return "no column " + name;
}

TEST(TrackMotion, GivesDiffusionInNanometresAndSeconds) {
  std::vector<ParticleRow> rows =
      rows_of(synthetic::walked({.diffusion = 0.4, .localisation = 0.1, .displacements = 2000}, 1));
  for (ParticleRow& row : rows) {
    row.info.time_s = 0.05 * static_cast<double>(row.info.frame);
    row.info.pixel_size = PixelSize{.y_nm = 0.5, .x_nm = 0.5};
  }

  const MotionRow row = measured(rows, {.interval_s = 0.05});

  EXPECT_NEAR(row.diffusion->value, 0.4, 0.05);
  EXPECT_NEAR(std::stod(cell(row, "d_nm2_per_s")), row.diffusion->value * 0.25 / 0.05, 1e-9);
  EXPECT_NEAR(std::stod(cell(row, "sigma_loc_nm")), 0.5 * row.localisation->value, 1e-9);
  EXPECT_EQ(cell(row, "mobile"), "1");
  EXPECT_EQ(cell(row, "exposure_source"), "assumed");
  EXPECT_NEAR(row.anomalous->alpha, 1, 4 * row.anomalous->alpha_se);
}

TEST(TrackMotion, WithoutCalibrationHasPixelsAndFramesAlone) {
  const MotionRow row =
      measured(rows_of(synthetic::walked({.diffusion = 0.4, .displacements = 100}, 1)));

  EXPECT_NE(cell(row, "d_px2_per_frame"), "");
  EXPECT_EQ(cell(row, "d_nm2_per_s"), "");
  EXPECT_EQ(cell(row, "sigma_loc_nm"), "");
  EXPECT_EQ(cell(row, "k_alpha_nm2_per_s_alpha"), "");
}

TEST(TrackMotion, IsTheSameOnPixelsThatAreNotSquare) {
  const std::vector<Point> truth =
      synthetic::walked({.diffusion = 0.4, .localisation = 0.1, .displacements = 500}, 4);
  std::vector<ParticleRow> square = rows_of(truth);
  std::vector<ParticleRow> oblong = rows_of(truth);
  for (size_t i = 0; i < truth.size(); ++i) {
    square[i].info.pixel_size = PixelSize{.y_nm = 1, .x_nm = 1};
    oblong[i].info.pixel_size = PixelSize{.y_nm = 2, .x_nm = 0.5};
    oblong[i].measures.centroid = {truth[i].y_px / 2, truth[i].x_px / 0.5};
  }

  EXPECT_NEAR(measured(oblong).diffusion->value, measured(square).diffusion->value, 1e-6);
}

TEST(TrackMotion, CountsTheTimeOfGaps) {
  // Three of four frames lack at random: without the times, D would be four times as large.
  std::vector<ParticleRow> all = rows_of(synthetic::walked(
      {.diffusion = 0.2, .localisation = 0.1, .exposure = 0, .displacements = 8000}, 2));
  std::vector<ParticleRow> seen;
  synthetic::Noise noise(9);
  for (ParticleRow& row : all) {
    row.info.time_s = 0.5 * static_cast<double>(row.info.frame);
    row.measures.touches_border = noise.uniform() < 0.75;
    seen.push_back(row);
  }

  const MotionRow row = measured(seen, {.interval_s = 0.5, .exposure_s = 1e-9});

  EXPECT_NEAR(row.diffusion->value, 0.2, 0.02);
  EXPECT_NEAR(static_cast<double>(row.n_displacements), 2000, 150);
}

TEST(TrackMotion, BreaksOffWhereTheParticleIsShared) {
  std::vector<ParticleRow> rows =
      rows_of(synthetic::walked({.diffusion = 0.2, .localisation = 0.1, .displacements = 400}, 2));
  for (size_t i = 200; i < rows.size(); ++i) {
    rows[i].measures.centroid.x_px += 500;
  }
  rows[200].tracks = {1, 2};

  const MotionRow row = measured(rows);

  EXPECT_EQ(row.n_displacements, 398);
  EXPECT_EQ(row.n_pieces, 2);
  EXPECT_NEAR(row.diffusion->value, 0.2, 0.06);
}

TEST(TrackMotion, IsNotFittedBelowTwentyDisplacements) {
  const MotionRow row =
      measured(rows_of(synthetic::walked({.diffusion = 0.4, .displacements = 19}, 1)));

  EXPECT_FALSE(row.diffusion);
  EXPECT_FALSE(row.p_immobile);
  EXPECT_THAT(row.note, HasSubstr("fewer than 20"));
  EXPECT_TRUE(
      measured(rows_of(synthetic::walked({.diffusion = 0.4, .displacements = 20}, 1))).diffusion);
}

TEST(TrackMotion, OfAnImmobileParticleHasNoExponent) {
  const MotionRow row =
      measured(rows_of(synthetic::walked({.localisation = 0.2, .displacements = 200}, 1)));

  EXPECT_FALSE(row.mobile.value());
  EXPECT_FALSE(row.anomalous);
  EXPECT_NEAR(row.localisation->value, 0.2, 0.03);
  EXPECT_THAT(row.note, HasSubstr("immobile"));
}

TEST(TrackMotion, TakesTheDriftOff) {
  std::vector<ParticleRow> rows =
      rows_of(synthetic::walked({.localisation = 0.2, .displacements = 200}, 1));
  for (ParticleRow& row : rows) {
    row.info.drift = {0, 3.0 * static_cast<double>(row.info.frame)};
    row.measures.centroid.x_px += row.info.drift.x_px;
  }

  EXPECT_FALSE(measured(rows).mobile.value());
}

/// Two walks beside one another that a drift nobody took off carries along.
MotionCollector carried_pair() {
  const std::vector<Track> tracks{{1, 0, 3000, {}}, {2, 0, 3000, {}}};
  MotionCollector collector(tracks, {});
  const Walk walk{.diffusion = 0.1, .localisation = 0.1, .exposure = 0, .displacements = 3000};
  const std::vector<Point> one = synthetic::walked(walk, 1);
  const std::vector<Point> two = synthetic::walked(walk, 2);
  for (size_t i = 0; i < one.size(); ++i) {
    const double drift = 0.5 * static_cast<double>(i);
    const auto frame = static_cast<int64_t>(i);
    const std::vector<ParticleRow> rows{at(frame, {one[i].y_px, one[i].x_px + drift}, {1}),
                                        at(frame, {two[i].y_px, two[i].x_px + drift + 40}, {2})};
    collector.add(rows, 0);
  }
  return collector;
}

TEST(MotionCollector, GivesThePairRelativeMotionFreeOfDrift) {
  MotionCollector collector = carried_pair();

  const std::vector<MotionRow> rows = collector.rows();
  const std::vector<MsdRow> curves = collector.curves();

  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].track, 1);
  ASSERT_EQ(curves.front().of, "track");
  EXPECT_NEAR(curves.front().msd_px2, 4 * 0.1 + 4 * 0.01 + 0.25, 0.04);
  const auto pair = std::find_if(curves.begin(), curves.end(),
                                 [](const MsdRow& row) { return row.of == "pair"; });
  ASSERT_NE(pair, curves.end());
  EXPECT_EQ(pair->lag_intervals, 1);
  EXPECT_EQ(pair->n_tracks, 1);
  EXPECT_NEAR(pair->msd_px2, 4 * 0.1 + 4 * 0.01, 0.03);
  EXPECT_NEAR((pair + 7)->msd_px2, 8 * 4 * 0.1 + 4 * 0.01, 0.35);
}

TEST(MotionCollector, OfNoParticlesIsEmpty) {
  MotionCollector collector({}, {});
  collector.add({}, 0);

  EXPECT_TRUE(collector.rows().empty());
  EXPECT_TRUE(collector.curves().empty());
}

}  // namespace
}  // namespace mote::measure
