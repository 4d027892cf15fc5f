#include "mote/measure/edge_model.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include "mote/measure/instance.h"
#include "mote/segment/segmenter.h"
#include "mote/segment/threshold.h"
#include "tests/synthetic.h"

namespace mote::measure {
namespace {

constexpr Size kField{512, 512};
constexpr double kBlurPx = 1.5;

/// Adds spheres whose signal is their thickness, twice the radius at the middle of a pixel's 4 x 4
/// samples.
Grid<float> spheres(const std::vector<synthetic::Disc>& discs, double per_px) {
  Grid<float> image(kField);
  for (const synthetic::Disc& disc : discs) {
    const auto reach = static_cast<int64_t>(disc.radius_px) + 2;
    for (int64_t y = std::llround(disc.y_px) - reach; y <= std::llround(disc.y_px) + reach; ++y) {
      for (int64_t x = std::llround(disc.x_px) - reach; x <= std::llround(disc.x_px) + reach; ++x) {
        double sum = 0;
        for (int i = 0; i < 16; ++i) {
          const double dy = static_cast<double>(y) + (i / 4 - 1.5) / 4 - disc.y_px;
          const double dx = static_cast<double>(x) + (i % 4 - 1.5) / 4 - disc.x_px;
          sum += 2 * std::sqrt(std::max(0.0, disc.radius_px * disc.radius_px - dy * dy - dx * dx));
        }
        if (kField.contains(y, x)) {
          image(y, x) += static_cast<float>(per_px * sum / 16);
        }
      }
    }
  }
  return synthetic::blurred(image, kBlurPx);
}

struct Found {
  std::vector<InstanceMeasures> instances;
  std::vector<double> radii_px;  // true ones
};

Found found(Grid<float> image, const std::vector<synthetic::Disc>& discs, double noise_sd,
            uint64_t seed) {
  synthetic::add_noise(image, noise_sd, seed);
  const auto segmenter = segment::make_threshold_segmenter({});
  const Segmentation cut = segment::segment_one(*segmenter, {.image = image, .excluded = {}});
  Found out;
  for (const InstanceMeasures& one : measure_instances(image, cut.labels, cut.coverage)) {
    for (const synthetic::Disc& disc : discs) {
      if (std::hypot(one.centroid.y_px - disc.y_px, one.centroid.x_px - disc.x_px) < 3) {
        out.instances.push_back(one);
        out.radii_px.push_back(disc.radius_px);
      }
    }
  }
  return out;
}

void add(const Found& more, Found& all, EdgePool& pool) {
  for (size_t i = 0; i < more.instances.size(); ++i) {
    pool.add(more.instances[i]);
    all.instances.push_back(more.instances[i]);
    all.radii_px.push_back(more.radii_px[i]);
  }
}

double mean_error_px(const Found& all, const EdgeModel& model) {
  double sum = 0;
  for (size_t i = 0; i < all.instances.size(); ++i) {
    sum += equivalent_diameter_px(at_rim(all.instances[i], model).area_px2) / 2 - all.radii_px[i];
  }
  return sum / static_cast<double>(all.instances.size());
}

/// A recording of spheres or flat discs of 10 to 22 px, 20 grey levels of noise.
void record(bool flat, double particle, Found& all, EdgePool& pool) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    const auto discs = synthetic::scattered(kField, 10, 22, 0.12, 14, seed);
    const Grid<float> image =
        flat ? synthetic::image(kField, discs,
                                {.background = 100, .particle = particle, .blur_px = kBlurPx})
             : spheres(discs, 5);
    add(found(image, discs, 20, seed), all, pool);
  }
}

TEST(EdgeModel, FindsTheRimsOfSpheresWhoseThicknessMakesTheSignal) {
  Found all;
  EdgePool pool;
  record(false, 0, all, pool);

  const EdgeModel model = fitted_edge_model(pool);

  ASSERT_EQ(model.kind, EdgeKind::kSphere);
  EXPECT_LT(mean_error_px(all, {}), -1.2);
  EXPECT_NEAR(mean_error_px(all, model), 0, 0.15);
  EXPECT_LT(*model.misfit, 0.5 * *model.flat_misfit);
}

TEST(EdgeModel, LeavesFlatParticlesWhereTheyAre) {
  Found all;
  EdgePool pool;
  record(true, 200, all, pool);

  const EdgeModel model = fitted_edge_model(pool);

  EXPECT_GT(pool.count(), 100);
  EXPECT_EQ(model.kind, EdgeKind::kFlat);
  EXPECT_EQ(at_rim(all.instances[0], model), all.instances[0]);
}

TEST(EdgeModel, IsNotTriedOnDarkParticles) {
  Found all;
  EdgePool pool;
  record(true, 20, all, pool);

  const EdgeModel model = fitted_edge_model(pool);

  EXPECT_GT(pool.count(), 100);
  EXPECT_EQ(model.kind, EdgeKind::kFlat);
  EXPECT_FALSE(model.misfit);
}

TEST(EdgeModel, IsNotTriedOnAHandfulOfParticles) {
  Found all;
  EdgePool pool;
  const std::vector<synthetic::Disc> discs{{100, 100, 15}, {300, 300, 15}};
  add(found(spheres(discs, 5), discs, 5, 1), all, pool);

  const EdgeModel model = fitted_edge_model(pool);

  EXPECT_EQ(pool.count(), 2);
  EXPECT_EQ(model.kind, EdgeKind::kFlat);
}

TEST(EdgeModel, ShiftsBetweenItsClassesByWhatLiesBetween) {
  EdgeModel model;
  model.kind = EdgeKind::kSphere;
  model.radius_px = {10, 20};
  model.shift_px = {1, 2};

  EXPECT_DOUBLE_EQ(model.shift_at(5), 1);
  EXPECT_DOUBLE_EQ(model.shift_at(15), 1.5);
  EXPECT_DOUBLE_EQ(model.shift_at(30), 2);
}

TEST(EdgeModel, MovesTheOutlineOfADiscToALargerDisc) {
  EdgeModel model;
  model.kind = EdgeKind::kSphere;
  model.radius_px = {10};
  model.shift_px = {1};
  InstanceMeasures disc{.area_px2 = std::numbers::pi * 100,
                        .perimeter_px = 2 * std::numbers::pi * 10,
                        .min_feret_px = 20,
                        .max_feret_px = 20};
  disc.ecd_uncertainty.convention_px = 0.5;

  const InstanceMeasures moved = at_rim(disc, model);

  EXPECT_NEAR(moved.area_px2, std::numbers::pi * 121, 1e-9);
  EXPECT_NEAR(moved.perimeter_px, 2 * std::numbers::pi * 11, 1e-9);
  EXPECT_DOUBLE_EQ(moved.min_feret_px, 22);
  EXPECT_DOUBLE_EQ(moved.edge_shift_px, 1);
  EXPECT_LT(*moved.ecd_uncertainty.convention_px, 0.5);
}

}  // namespace
}  // namespace mote::measure
