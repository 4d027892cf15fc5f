#include "mote/imaging/neck_profile.h"

#include <cmath>

#include <gtest/gtest.h>

#include "mote/imaging/regions.h"
#include "mote/simulate/raster.h"
#include "tests/synthetic.h"

namespace mote::imaging {
namespace {

constexpr double kRadius = 20;
constexpr int64_t kMiddle = 60;

struct Scene {
  Grid<float> image;
  Segmentation segmentation;
};

/// Two spheres of kRadius with a neck of `ratio`, seen as thick as they are, blurred by 1 px; the
/// mask is what is thicker than `level` of their diameter, cut at the neck.
Scene spheres(double ratio, double level, float sign = 1) {
  const simulate::Pair pair{.centre = {kMiddle, kMiddle, 0},
                            .axis = {0, 1, 0},
                            .shape = simulate::dumbbell(kRadius, kRadius, ratio)};
  Grid<float> thickness({2 * kMiddle + 1, 2 * kMiddle + 1});
  simulate::add_thickness(pair, {}, thickness);
  Scene scene{.image = synthetic::blurred(thickness, 1)};
  LabelImage labels(thickness.size());
  for (int64_t y = 0; y < labels.height(); ++y) {
    for (int64_t x = 0; x < labels.width(); ++x) {
      const bool inside = scene.image(y, x) > level * 2 * kRadius;
      labels(y, x) = !inside ? 0 : x < kMiddle ? 1 : 2;
      scene.image(y, x) *= sign;
    }
  }
  scene.segmentation = segmentation_of(labels);
  return scene;
}

// The half level of a round profile lies at 0.87 of its half-width.
TEST(MeasureNecks, FindsTheWidthOfARoundNeckWhichTheMaskCutsOff) {
  for (const double ratio : {0.5, 0.7}) {
    Scene scene = spheres(ratio, 0.4);
    ASSERT_EQ(scene.segmentation.necks.size(), 1U);
    Neck& neck = scene.segmentation.necks.front();
    const double of_mask = neck.ratio;

    measure_necks(scene.segmentation, scene.image, true);

    EXPECT_NEAR(neck.width_px / 2, 0.87 * ratio * kRadius, 0.08 * kRadius);
    EXPECT_LT(of_mask, ratio - 0.05);
    EXPECT_EQ(neck.ratio, of_mask);
  }
}

TEST(MeasureNecks, IsTheSameForDarkParticles) {
  Scene bright = spheres(0.6, 0.4);
  Scene dark = spheres(0.6, 0.4, -1);

  measure_necks(bright.segmentation, bright.image, true);
  measure_necks(dark.segmentation, dark.image, false);

  EXPECT_NEAR(dark.segmentation.necks.front().width_px, bright.segmentation.necks.front().width_px,
              1e-6);
}

TEST(MeasureNecks, LeavesLittleOfAKissThatBlurHasWidened) {
  Scene scene = spheres(0, 0.15);
  ASSERT_EQ(scene.segmentation.necks.size(), 1U);

  measure_necks(scene.segmentation, scene.image, true);

  EXPECT_LT(scene.segmentation.necks.front().width_px / 2, 0.2 * kRadius);
}

TEST(MeasureNecks, KeepsTheMasksWidthWhereThereIsNoContrast) {
  Scene scene = spheres(0.6, 0.4);
  const double before = scene.segmentation.necks.front().width_px;

  measure_necks(scene.segmentation, Grid<float>(scene.image.size(), 7), true);

  EXPECT_EQ(scene.segmentation.necks.front().width_px, before);
}

TEST(MeasureNecks, KeepsTheMasksWidthWhereNoBackgroundIsInTheField) {
  Scene scene = spheres(0.6, 0.4);
  const double before = scene.segmentation.necks.front().width_px;
  for (int32_t& label : scene.segmentation.labels.values()) {
    label = label == 0 ? 3 : label;
  }

  measure_necks(scene.segmentation, scene.image, true);

  EXPECT_EQ(scene.segmentation.necks.front().width_px, before);
}

}  // namespace
}  // namespace mote::imaging
