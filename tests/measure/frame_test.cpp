#include "mote/measure/frame.h"

#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/synthetic.h"

namespace mote::measure {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr Size kField{200, 300};

/// A disc as measure_instances would see it: its box, cut to the field, and its exact area within.
InstanceMeasures measured_disc(const synthetic::Disc& disc, Size field) {
  InstanceMeasures m;
  const auto y0 = std::max<int64_t>(0, std::llround(disc.y_px - disc.radius_px));
  const auto x0 = std::max<int64_t>(0, std::llround(disc.x_px - disc.radius_px));
  const auto y1 =
      std::min(field.height - 1, static_cast<int64_t>(std::llround(disc.y_px + disc.radius_px)));
  const auto x1 =
      std::min(field.width - 1, static_cast<int64_t>(std::llround(disc.x_px + disc.radius_px)));
  m.box = {.y = y0, .x = x0, .height = y1 - y0 + 1, .width = x1 - x0 + 1};
  m.touches_border = y0 == 0 || x0 == 0 || y1 == field.height - 1 || x1 == field.width - 1;
  const double r = disc.radius_px;
  const auto area_within = [&](double y, double x) {  // of the disc, above and left of (y, x)
    const double v = (y - disc.y_px) / r;
    const double u = (x - disc.x_px) / r;
    const double quadrant =
        synthetic::quadrant_area(std::abs(v), std::abs(u)) * ((v < 0) != (u < 0) ? -1 : 1);
    return r * r * quadrant;
  };
  const double top = -0.5;
  const double left = -0.5;
  const double bottom = static_cast<double>(field.height) - 0.5;
  const double right = static_cast<double>(field.width) - 0.5;
  m.area_px2 = area_within(bottom, right) - area_within(top, right) - area_within(bottom, left) +
               area_within(top, left);
  m.centroid = {disc.y_px, disc.x_px};
  return m;
}

ParticleRow disc_row(const synthetic::Disc& disc, std::vector<int32_t> tracks = {1},
                     int32_t cluster = 0) {
  return particle_row({}, measured_disc(disc, kField), std::move(tracks), cluster, kField);
}

/// A disc as it is seen where the field cuts it: with the centroid of what is in view.
ParticleRow disc_seen(const synthetic::Disc& disc) {
  ParticleRow row = disc_row(disc);
  const Box& box = row.measures.box;
  Point sum;
  double pixels = 0;
  for (int64_t y = box.y; y < box.y_end(); ++y) {
    for (int64_t x = box.x; x < box.x_end(); ++x) {
      const double dy = static_cast<double>(y) - disc.y_px;
      const double dx = static_cast<double>(x) - disc.x_px;
      const double inside = dy * dy + dx * dx <= disc.radius_px * disc.radius_px ? 1 : 0;
      sum.y_px += inside * static_cast<double>(y);
      sum.x_px += inside * static_cast<double>(x);
      pixels += inside;
    }
  }
  const bool cut = row.measures.touches_border && pixels > 0;
  row.measures.centroid =
      cut ? Point{sum.y_px / pixels, sum.x_px / pixels} : Point{disc.y_px, disc.x_px};
  return row;
}

TEST(FrameRow, CarriesTheBoundaryUncertaintyOnToTheMean) {
  ParticleRow small = disc_row({50, 50, 5});
  ParticleRow large = disc_row({100, 150, 40});
  small.measures.ecd_uncertainty = {.noise_px = 0.3, .pixel_px = 0.4, .convention_px = 1};
  large.measures.ecd_uncertainty = {.noise_px = 0.2, .convention_px = 2};
  const double a = small.border_weight;
  const double b = large.border_weight;

  const FrameRow row = frame_row({}, std::vector{small, large}, kField);

  EXPECT_NEAR(row.ecd_mean_random_se_px.value(), std::hypot(a * 0.5, b * 0.2) / (a + b), 1e-12);
  EXPECT_NEAR(row.ecd_mean_convention_se_px.value(), (a + 2 * b) / (a + b), 1e-12);
}

TEST(FrameRow, StatesNoBoundaryUncertaintyWhereOneSizedInstanceHasNone) {
  ParticleRow seen = disc_row({50, 50, 5});
  seen.measures.ecd_uncertainty = {.noise_px = 0.3, .convention_px = 1};

  const FrameRow row = frame_row({}, std::vector{seen, disc_row({100, 150, 40})}, kField);

  EXPECT_EQ(row.ecd_mean_random_se_px, std::nullopt);
  EXPECT_EQ(row.ecd_mean_convention_se_px, std::nullopt);
}

TEST(BorderWeight, IsTheFieldOverThePlacesThatABoxHasInIt) {
  InstanceMeasures m;
  m.box = {.y = 10, .x = 20, .height = 30, .width = 50};

  EXPECT_DOUBLE_EQ(border_weight(m, {100, 200}), 100.0 * 200 / ((100 - 31) * (200 - 51)));
}

TEST(BorderWeight, IsZeroAtTheBorderAndFiniteJustInsideIt) {
  InstanceMeasures at_border;
  at_border.box = {.y = 10, .x = 0, .height = 3, .width = 3};
  InstanceMeasures whole_field_but_the_border;
  whole_field_but_the_border.box = {.y = 1, .x = 1, .height = 98, .width = 198};

  EXPECT_EQ(border_weight(at_border, {100, 200}), 0);
  EXPECT_DOUBLE_EQ(border_weight(whole_field_but_the_border, {100, 200}), 20000);
}

TEST(FrameRow, CorrectsMeanSizeAndDensityForTheBorder) {
  // Discs of two radii at random places on and around the field, many times over.
  double n = 0;
  double n_plain = 0;
  double sum = 0;
  double sum_dropped = 0;
  double n_dropped = 0;
  double sum_plain = 0;
  double covered = 0;
  constexpr int kFrames = 4000;
  for (uint64_t seed = 1; seed <= kFrames; ++seed) {
    synthetic::Noise noise(seed);
    std::vector<ParticleRow> rows;
    for (int i = 0; i < 12; ++i) {
      const synthetic::Disc disc{.y_px = 400 * noise.uniform() - 100.5,
                                 .x_px = 500 * noise.uniform() - 100.5,
                                 .radius_px = noise.uniform() < 0.5 ? 5.0 : 45.0};
      const ParticleRow row = disc_row(disc);
      const bool in_view =
          row.measures.area_px2 > 0.5 && row.measures.box.height > 0 && row.measures.box.width > 0;
      if (in_view) {
        rows.push_back(row);
      }
    }

    const FrameRow row = frame_row({}, rows, kField, {.resamples = 0});

    n += row.n.value.value() / kFrames;
    n_plain += row.n.plain.value() / kFrames;
    covered += row.area_fraction.value.value() / kFrames;
    sum += row.n.value.value() > 0 ? row.ecd_mean_px.value.value() * row.n.value.value() : 0;
    sum_plain += row.n_instances > 0 ? row.ecd_mean_px.plain.value() * row.n.plain.value() : 0;
    for (const ParticleRow& particle : rows) {
      sum_dropped += particle.border_weight > 0 ? particle.ecd_px() : 0;
      n_dropped += particle.border_weight > 0;
    }
  }

  const double true_n = 12.0 * kField.area() / (400 * 500);
  const double true_mean = 50;
  EXPECT_NEAR(n, true_n, 0.02 * true_n);
  EXPECT_NEAR(sum / (n * kFrames), true_mean, 0.01 * true_mean);
  EXPECT_GT(n_plain, 1.3 * true_n);
  EXPECT_LT(sum_dropped / n_dropped, 0.85 * true_mean);
  EXPECT_GT(std::abs(sum_plain / (n_plain * kFrames) - true_mean), 0.05 * true_mean);
  EXPECT_NEAR(covered, true_n * std::numbers::pi * (25 + 2025) / 2 / kField.area(), 0.01);
}

TEST(FrameRow, LeavesSharedInstancesOutOfSizesAndCountsThemForEachTrack) {
  const std::vector<ParticleRow> rows{disc_row({60, 60, 10}), disc_row({60, 120, 10}, {2}),
                                      disc_row({120, 150, 14}, {3, 4})};

  const FrameRow row = frame_row({}, rows, kField);

  EXPECT_EQ(row.n_instances, 3);
  EXPECT_EQ(row.n_shared, 1);
  EXPECT_EQ(row.n_sized, 2);
  EXPECT_DOUBLE_EQ(row.n.plain.value(), 4);
  EXPECT_NEAR(row.ecd_mean_px.value.value(), 20, 1e-9);
  EXPECT_DOUBLE_EQ(row.areal_density_per_px2.plain.value(), 4.0 / kField.area());
}

TEST(FrameRow, TakesClustersAsTheyAreWholeAndNotAtAll) {
  const std::vector<ParticleRow> rows{disc_row({60, 60, 10}, {1}, 1),
                                      disc_row({60, 80, 10}, {2}, 1),
                                      disc_row({120, 150, 15}, {3}, 2)};

  const FrameRow row = frame_row({}, rows, kField);

  EXPECT_EQ(row.n_sized, 3);
  EXPECT_EQ(row.n_sized_whole, 2);
  EXPECT_EQ(row.n_sized_exclude, 1);
  EXPECT_NEAR(row.ecd_mean_exclude_px.value(), 30, 1e-9);
  EXPECT_NEAR(row.ecd_mean_whole_px.value(), (20 * std::numbers::sqrt2 + 30) / 2, 0.2);
}

TEST(FrameRow, WithoutParticlesHasCountsAndNoSizes) {
  const FrameRow row = frame_row({}, {}, kField);

  EXPECT_EQ(row.n_instances, 0);
  EXPECT_EQ(row.n.value, 0.0);
  EXPECT_EQ(row.area_fraction.value, 0.0);
  EXPECT_EQ(row.ecd_mean_px, Estimate{});
  EXPECT_EQ(row.nearest_neighbour_px, Estimate{});
  EXPECT_THAT(row.flags, ElementsAre("no_particles"));
}

TEST(FrameRow, WithBorderParticlesOnlyHasPlainSizesOnly) {
  const std::vector<ParticleRow> rows{disc_row({0, 100, 10})};

  const FrameRow row = frame_row({}, rows, kField);

  EXPECT_EQ(row.n_sized, 0);
  EXPECT_EQ(row.ecd_mean_px.value, std::nullopt);
  EXPECT_TRUE(row.ecd_mean_px.plain.has_value());
}

TEST(FrameRow, GivesTheSameBytesForTheSameFrame) {
  std::vector<ParticleRow> rows;
  for (const synthetic::Disc& disc : synthetic::scattered(kField, 3, 9, 0.2, 2, 1)) {
    rows.push_back(disc_row(disc));
  }

  EXPECT_EQ(frame_row({.frame = 3}, rows, kField), frame_row({.frame = 3}, rows, kField));
  EXPECT_NE(frame_row({.frame = 4}, rows, kField).ecd_mean_px.low,
            frame_row({.frame = 3}, rows, kField).ecd_mean_px.low);
}

TEST(FrameRow, FlagsFewAndLargeParticles) {
  const std::vector<ParticleRow> rows{disc_row({100, 150, 60})};
  std::vector<ParticleRow> many;
  for (const synthetic::Disc& disc : synthetic::scattered(kField, 4, 5, 0.1, 2, 1)) {
    many.push_back(disc_row(disc));
  }

  EXPECT_THAT(frame_row({}, rows, kField).flags, ElementsAre("few_particles", "large_particles"));
  EXPECT_THAT(frame_row({}, many, kField).flags, IsEmpty());
}

TEST(FrameRow, CountsInTheCommonWindowByCentre) {
  std::vector<ParticleRow> rows{disc_row({60, 60, 10}), disc_row({60, 280, 8})};
  rows[0].info.drift = {0, 20};
  rows[1].info.drift = {0, 20};

  const FrameRow row = frame_row(
      {}, rows, kField, {.common_window = Box{.y = 0, .x = 0, .height = 200, .width = 250}});

  EXPECT_EQ(row.window_n, 1);
  EXPECT_DOUBLE_EQ(row.window_areal_density_per_px2.value(), 1.0 / (200 * 250));
  EXPECT_NEAR(row.window_ecd_mean_px.value(), 20, 1e-9);
}

TEST(FrameRow, LeavesExcludedPixelsOutOfTheWindowsArea) {
  const std::vector<ParticleRow> rows{disc_row({60, 60, 10})};
  const Box window{.y = 20, .x = 20, .height = 100, .width = 100};

  const FrameRow part =
      frame_row({}, rows, kField, {.common_window = window, .window_excluded_px = 2000});
  const FrameRow all =
      frame_row({}, rows, kField, {.common_window = window, .window_excluded_px = 10000});

  EXPECT_DOUBLE_EQ(part.window_areal_density_per_px2.value(), 1.0 / 8000);
  EXPECT_EQ(all.window_areal_density_per_px2, std::nullopt);
}

TEST(ReachPx, GoesToTheFartherSideOfTheBox) {
  InstanceMeasures m;
  m.box = {.y = 10, .x = 20, .height = 5, .width = 10};
  m.centroid = {12, 28};

  EXPECT_EQ(reach_px(m), (Point{2.5, 8.5}));
}

TEST(CommonWindow, IsWhatEveryFrameSawLessReachAndAPixel) {
  const std::vector<Point> drift{{0, 0}, {-3.5, 10}, {2, 4}};

  EXPECT_EQ(common_window(drift, {100, 100}, {9, 19.5}),
            (Box{.y = 14, .x = 21, .height = 74, .width = 48}));
}

TEST(CommonWindow, IsNothingWhereTheFieldMovedAwayOrParticlesFillIt) {
  const std::vector<Point> drift{{0, 0}, {0, 120}};
  const std::vector<Point> still{{0, 0}};

  EXPECT_EQ(common_window(drift, {100, 100}, {}), std::nullopt);
  EXPECT_EQ(common_window(still, {100, 100}, {50, 50}), std::nullopt);
  EXPECT_EQ(common_window({}, {100, 100}, {}), std::nullopt);
}

TEST(CommonWindow, HasTheSameCountInEveryFrameUnderPureDrift) {
  // The specimen is wider than the field and drifts along both axes, back and forth.
  constexpr Size kSpecimen{320, 420};
  const std::vector<synthetic::Disc> specimen = synthetic::scattered(kSpecimen, 5, 12, 0.25, 2, 3);
  std::vector<Point> drift;
  for (int i = 0; i < 40; ++i) {
    drift.push_back({30 * std::sin(0.31 * i), 40 * std::sin(0.17 * i)});
  }
  std::vector<std::vector<ParticleRow>> frames;
  Point reach;
  for (const Point& shift : drift) {
    std::vector<ParticleRow>& rows = frames.emplace_back();
    for (const synthetic::Disc& disc : specimen) {
      const ParticleRow row =
          disc_seen({disc.y_px - 60 + shift.y_px, disc.x_px - 60 + shift.x_px, disc.radius_px});
      if (row.measures.area_px2 > 0.5) {
        rows.push_back(row);
        rows.back().info.drift = shift;
        reach.y_px = std::max(reach.y_px, reach_px(row.measures).y_px);
        reach.x_px = std::max(reach.x_px, reach_px(row.measures).x_px);
      }
    }
  }

  const std::optional<Box> window = common_window(drift, kField, reach);

  ASSERT_TRUE(window.has_value());
  const FrameRow first =
      frame_row({}, frames[0], kField, {.resamples = 0, .common_window = window});
  EXPECT_GT(first.window_n.value(), 5);
  for (const std::vector<ParticleRow>& rows : frames) {
    const FrameRow row = frame_row({}, rows, kField, {.resamples = 0, .common_window = window});
    EXPECT_EQ(row.window_n, first.window_n);
    EXPECT_NEAR(row.window_ecd_mean_px.value(), first.window_ecd_mean_px.value(), 1e-9);
  }
}

TEST(SizeSample, SaysWhereItIsBelowTheCountsOfIso13322) {
  SizeSample sample;
  for (const synthetic::Disc& disc : synthetic::scattered(kField, 3, 9, 0.2, 2, 1)) {
    sample.add(disc_row(disc));
  }

  const std::optional<std::string> note = sample.note();

  ASSERT_TRUE(note.has_value());
  EXPECT_THAT(*note, HasSubstr("asks for 6000 for D[3,2] and D[4,3], 61000 for percentiles"));
}

TEST(SizeSample, OfManyParticlesSaysNothing) {
  SizeSample sample;
  const ParticleRow row = disc_row({60, 60, 10});
  for (int i = 0; i < 61000; ++i) {
    sample.add(row);
  }

  EXPECT_FALSE(sample.note().has_value());
}

}  // namespace
}  // namespace mote::measure
