#include "mote/simulate/discs.h"

#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::simulate {
namespace {

constexpr double kPi = std::numbers::pi;

TEST(DiscPair, OfDiscsApartKeepsTheirAreasAndHasNoNeck) {
  const DiscPair pair =
      measure({.centre = {0, 0}, .radius_px = 3}, {.centre = {0, 10}, .radius_px = 4});

  EXPECT_DOUBLE_EQ(pair.part_a_px, 9 * kPi);
  EXPECT_DOUBLE_EQ(pair.part_b_px, 16 * kPi);
  EXPECT_EQ(pair.neck_ratio, 0);
  EXPECT_DOUBLE_EQ(pair.centroid.x_px, 6.4);
}

TEST(DiscPair, OfEqualDiscsAtRootThreeRadiiHasANeckOfHalfTheDiameter) {
  const DiscPair pair = measure({.centre = {5, 5}, .radius_px = 10},
                                {.centre = {5 + 10 * std::sqrt(3.0), 5}, .radius_px = 10});

  EXPECT_NEAR(pair.neck_ratio, 0.5, 1e-12);
  EXPECT_NEAR(pair.half_chord_px, 5, 1e-12);
  EXPECT_NEAR(pair.part_a_px, pair.part_b_px, 1e-9);
  EXPECT_NEAR(pair.centroid.y_px, 5 + 5 * std::sqrt(3.0), 1e-9);
}

TEST(DiscPair, AgreesWithItsPixels) {
  const Disc a = {.centre = {40.3, 38.1}, .radius_px = 25};
  const Disc b = {.centre = {52.8, 70.6}, .radius_px = 17};

  const DiscPair pair = measure(a, b);
  const Mask whole = mask_of({a, b}, {128, 128});
  const Mask part_a = part_mask_of(a, b, {128, 128});
  const Mask part_b = part_mask_of(b, a, {128, 128});

  EXPECT_NEAR(static_cast<double>(part_a.area_px()), pair.part_a_px, 12);
  EXPECT_NEAR(static_cast<double>(part_b.area_px()), pair.part_b_px, 12);
  EXPECT_EQ(part_a.area_px() + part_b.area_px(), whole.area_px());
  double y = 0;
  for (const mote::Run& run : part_b.runs) {
    y += static_cast<double>(run.y) * run.length;
  }
  EXPECT_NEAR(y / static_cast<double>(part_b.area_px()), pair.centroid_b.y_px, 0.1);
}

TEST(DiscPair, WithOneDiscInsideTheOtherIsTheLarger) {
  const DiscPair pair =
      measure({.centre = {0, 0}, .radius_px = 3}, {.centre = {0, 1}, .radius_px = 8});

  EXPECT_EQ(pair.part_a_px, 0);
  EXPECT_DOUBLE_EQ(pair.part_b_px, 64 * kPi);
  EXPECT_EQ(pair.neck_ratio, 1);
  EXPECT_DOUBLE_EQ(pair.centroid.x_px, 1);
}

TEST(ConservingScale, KeepsTheAreaOfTheUnionWhileDiscsCloseIn) {
  for (const double distance : {25.0, 20.0, 12.0, 5.0, 1.0, 0.0}) {
    const double scale = conserving_scale(14, 11, distance);

    const DiscPair pair = measure({.centre = {0, 0}, .radius_px = 14 * scale},
                                  {.centre = {0, distance}, .radius_px = 11 * scale});
    EXPECT_NEAR(pair.part_a_px + pair.part_b_px, kPi * (14 * 14 + 11 * 11), 1e-6) << distance;
  }
}

TEST(MaskOfDiscs, IsCutAtTheFieldAndEmptyOutside) {
  EXPECT_EQ(mask_of({{.centre = {0, 0}, .radius_px = 1}}, {4, 4}).runs,
            (std::vector<mote::Run>{{0, 0, 2}, {1, 0, 1}}));
  EXPECT_TRUE(mask_of({{.centre = {-20, 2}, .radius_px = 3}}, {4, 4}).runs.empty());
  EXPECT_TRUE(mask_of({}, {4, 4}).runs.empty());
}

}  // namespace
}  // namespace mote::simulate
