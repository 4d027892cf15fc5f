#include "mote/measure/track.h"

#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/synthetic.h"

namespace mote::measure {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ParticleRow at(int64_t frame, double ecd_px, Point centroid, Point drift = {},
               std::vector<int32_t> tracks = {1}) {
  ParticleRow row;
  row.info = {.frame = frame,
              .recorded_frame = 10 + frame,
              .time_s = 0.5 * static_cast<double>(frame),
              .drift = drift};
  row.measures.area_px2 = std::numbers::pi * ecd_px * ecd_px / 4;
  row.measures.centroid = centroid;
  row.measures.mean_intensity = 80;
  row.tracks = std::move(tracks);
  return row;
}

TEST(TrackAccumulator, GivesGrowthByLeastSquares) {
  TrackAccumulator track({.id = 4, .first_frame = 2, .last_frame = 21}, {});
  synthetic::Noise noise(1);
  for (int64_t frame = 2; frame <= 21; ++frame) {
    track.add(at(frame, 10 + 0.1 * static_cast<double>(frame) + 0.05 * noise.normal(), {5, 5}));
  }

  const TrackRow row = track.row();

  EXPECT_EQ(row.id, 4);
  EXPECT_EQ(row.n_instances, 20);
  EXPECT_EQ(row.first_recorded_frame, 12);
  EXPECT_EQ(row.last_recorded_frame, 31);
  EXPECT_NEAR(row.growth_px_per_frame.value(), 0.1, 3 * row.growth_px_per_frame_se.value());
  EXPECT_NEAR(row.growth_px_per_frame_se.value(), 0.05 / std::sqrt(665.0), 0.001);
  EXPECT_NEAR(row.growth_px_per_s.value(), 2 * row.growth_px_per_frame.value(), 1e-9);
  EXPECT_NEAR(row.first_time_s.value(), 1, 1e-12);
  EXPECT_DOUBLE_EQ(row.mean_intensity.value(), 80);
}

TEST(TrackAccumulator, CarriesTheBoundaryUncertaintyOnToMeanAndGrowth) {
  TrackAccumulator track({.id = 1, .first_frame = 1000, .last_frame = 1003}, {});
  const std::vector<double> se_px{0.1, 0.3, 0.2, 0.4};
  for (size_t i = 0; i < se_px.size(); ++i) {
    ParticleRow row = at(1000 + static_cast<int64_t>(i), 10, {5, 5});
    row.measures.ecd_uncertainty = {.noise_px = se_px[i], .convention_px = 0.5};
    track.add(row);
  }

  const TrackRow row = track.row();

  const double slope = std::sqrt(2.25 * 0.01 + 0.25 * 0.09 + 0.25 * 0.04 + 2.25 * 0.16) / 5;
  EXPECT_NEAR(row.growth_px_per_frame_boundary_se.value(), slope, 1e-12);
  EXPECT_NEAR(row.growth_px_per_s_boundary_se.value(), 2 * slope, 1e-9);
  EXPECT_NEAR(row.ecd_mean_random_se_px.value(), std::sqrt(0.3) / 4, 1e-12);
  EXPECT_DOUBLE_EQ(row.ecd_mean_convention_se_px.value(), 0.5);
}

TEST(TrackAccumulator, StatesNoBoundaryUncertaintyWhereOneInstanceHasNone) {
  TrackAccumulator track({.id = 1, .first_frame = 0, .last_frame = 1}, {});
  ParticleRow seen = at(0, 10, {5, 5});
  seen.measures.ecd_uncertainty = {.noise_px = 0.1, .convention_px = 0.5};
  track.add(seen);
  track.add(at(1, 10, {5, 5}));

  const TrackRow row = track.row();

  EXPECT_EQ(row.ecd_mean_random_se_px, std::nullopt);
  EXPECT_EQ(row.growth_px_per_frame_boundary_se, std::nullopt);
}

TEST(TrackAccumulator, LeavesSharedAndBorderInstancesOutOfSizeGrowthAndMotion) {
  TrackAccumulator track({.id = 1, .first_frame = 0, .last_frame = 4}, {});
  ParticleRow cut = at(3, 5, {90, 90});
  cut.measures.touches_border = true;
  track.add(at(0, 10, {0, 0}));
  track.add(at(1, 11, {0, 3}));
  track.add(at(2, 40, {50, 50}, {}, {1, 2}));
  track.add(cut);
  track.add(at(4, 14, {4, 3}));

  const TrackRow row = track.row();

  EXPECT_EQ(row.n_instances, 5);
  EXPECT_EQ(row.n_shared, 1);
  EXPECT_EQ(row.n_border, 1);
  EXPECT_EQ(row.n_sized, 3);
  EXPECT_NEAR(row.growth_px_per_frame.value(), 1, 1e-12);
  EXPECT_NEAR(row.ecd_first_px.value(), 10, 1e-12);
  EXPECT_NEAR(row.ecd_last_px.value(), 14, 1e-12);
  EXPECT_DOUBLE_EQ(row.path_px.value(), 7);
  EXPECT_DOUBLE_EQ(row.displacement_px.value(), 5);
}

TEST(TrackAccumulator, TakesTheDriftOffMotion) {
  TrackAccumulator track({.id = 1, .first_frame = 0, .last_frame = 1}, {});
  track.add(at(0, 10, {20, 20}, {1, 1}));
  track.add(at(1, 10, {24, 23}, {5, 4}));

  const TrackRow row = track.row();

  EXPECT_DOUBLE_EQ(row.displacement_px.value(), 0);
  EXPECT_DOUBLE_EQ(row.displacement_camera_px.value(), 5);
}

TEST(TrackAccumulator, MeasuresMotionOfAnAnisotropicGridOnTheSpecimen) {
  TrackAccumulator track({.id = 1, .first_frame = 0, .last_frame = 1}, {});
  ParticleRow first = at(0, 10, {0, 0});
  ParticleRow last = at(1, 10, {3, 8});
  first.info.pixel_size = PixelSize{.y_nm = 2, .x_nm = 0.5};
  last.info.pixel_size = first.info.pixel_size;
  track.add(first);
  track.add(last);

  const TrackRow row = track.row();

  EXPECT_DOUBLE_EQ(length_nm(row.displacement_px, row.pixel_size).value(), std::hypot(6, 4));
}

TEST(TrackAccumulator, OfOneInstanceHasSizeAndNoGrowth) {
  TrackAccumulator track({.id = 1}, {});
  track.add(at(0, 10, {0, 0}));

  const TrackRow row = track.row();

  EXPECT_DOUBLE_EQ(row.ecd_mean_px.value(), 10);
  EXPECT_EQ(row.ecd_sd_px, std::nullopt);
  EXPECT_EQ(row.growth_px_per_frame, std::nullopt);
  EXPECT_EQ(row.growth_px_per_s_se, std::nullopt);
  EXPECT_DOUBLE_EQ(row.displacement_px.value(), 0);
}

TEST(TrackAccumulator, OfSharedInstancesOnlyHasNoSize) {
  TrackAccumulator track({.id = 1}, {});
  track.add(at(0, 10, {0, 0}, {}, {1, 2}));

  const TrackRow row = track.row();

  EXPECT_EQ(row.n_sized, 0);
  EXPECT_EQ(row.ecd_mean_px, std::nullopt);
  EXPECT_EQ(row.displacement_px, std::nullopt);
}

TEST(TrackEnds, AreTheEventsThatBeginAndEndATrack) {
  const Lineage lineage{
      .tracks = {{1, 0, 4, {}}, {2, 2, 4, {}}, {3, 5, 9, {1, 2}}, {4, 6, 7, {}}},
      .events = {{.type = EventType::kAppeared, .frame_before = 0, .frame = 0, .tracks = {1}},
                 {.type = EventType::kEntered, .frame_before = 1, .frame = 2, .tracks = {2}},
                 {.type = EventType::kCoalescence,
                  .frame_before = 4,
                  .frame = 5,
                  .tracks = {1, 2},
                  .children = {3}},
                 {.type = EventType::kAppeared, .frame_before = 5, .frame = 6, .children = {4}},
                 {.type = EventType::kLost, .frame_before = 7, .frame = 8, .tracks = {4}}}};

  const auto ends = track_ends(lineage);

  EXPECT_EQ(ends.at(1).start_cause, "recording_start");
  EXPECT_EQ(ends.at(1).end_cause, "coalescence");
  EXPECT_THAT(ends.at(1).children, ElementsAre(3));
  EXPECT_EQ(ends.at(2).start_cause, "entered");
  EXPECT_EQ(ends.at(3).start_cause, "coalescence");
  EXPECT_EQ(ends.at(3).end_cause, "recording_end");
  EXPECT_THAT(ends.at(3).children, IsEmpty());
  EXPECT_EQ(ends.at(4).start_cause, "appeared");
  EXPECT_EQ(ends.at(4).end_cause, "lost");
}

TEST(RunningLine, KeepsItsDigitsFarFromZero) {
  RunningLine line;
  for (int i = 0; i < 1000; ++i) {
    line.add(1e9 + i, 1e6 + 2e-3 * i);
  }

  EXPECT_NEAR(line.slope().value(), 2e-3, 1e-9);
  EXPECT_LT(line.slope_se().value(), 1e-8);
}

}  // namespace
}  // namespace mote::measure
