#include "mote/imaging/regions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/imaging/components.h"
#include "mote/imaging/contrast.h"
#include "mote/imaging/distance.h"
#include "mote/imaging/watershed.h"
#include "tests/synthetic.h"

namespace mote::imaging {
namespace {

using testing::ElementsAre;

TEST(Regions, AreNumberedInAscendingOrderWithoutHoles) {
  const LabelImage labels({3, 6}, {9, 9, 0, 0, 0, 4,  //
                                   9, 0, 0, 0, 0, 4,  //
                                   0, 0, 0, 7, 0, 0});

  const Segmentation found = segmentation_of(labels);

  EXPECT_EQ(found.labels, LabelImage({3, 6}, {3, 3, 0, 0, 0, 1,  //
                                              3, 0, 0, 0, 0, 1,  //
                                              0, 0, 0, 2, 0, 0}));
  ASSERT_EQ(found.regions.size(), 3);
  EXPECT_EQ(found.regions[2].box, (Box{0, 0, 2, 2}));
  EXPECT_EQ(found.regions[2].area_px, 3);
  EXPECT_NEAR(found.regions[2].centroid.y_px, 1.0 / 3, 1e-12);
  EXPECT_TRUE(found.regions[0].touches_border);
  EXPECT_TRUE(found.necks.empty());
}

TEST(Regions, ThatTouchAtACornerShareACluster) {
  const LabelImage labels({4, 5}, {1, 0, 0, 0, 3,  //
                                   0, 2, 0, 0, 0,  //
                                   0, 2, 0, 0, 0,  //
                                   0, 0, 0, 0, 0});

  const Segmentation found = segmentation_of(labels);

  EXPECT_EQ(found.regions[0].cluster, found.regions[1].cluster);
  EXPECT_NE(found.regions[0].cluster, found.regions[2].cluster);
  ASSERT_EQ(found.necks.size(), 1);
  EXPECT_EQ(found.necks[0].a, 1);
  EXPECT_EQ(found.necks[0].b, 2);
}

TEST(Regions, CountPartialPixels) {
  const std::vector<synthetic::Disc> discs = {{.y_px = 20.3, .x_px = 18.7, .radius_px = 9.4}};
  const auto covered = synthetic::coverage({40, 40}, discs);
  Grid<uint8_t> coverage(covered.size());
  LabelImage labels(covered.size());
  for (size_t i = 0; i < coverage.values().size(); ++i) {
    coverage.values()[i] = static_cast<uint8_t>(std::lround(255 * covered.values()[i]));
    labels.values()[i] = coverage.values()[i] >= 128;
  }

  const Segmentation found = segmentation_of(labels, coverage);

  // Rounding to 1/255 in some 60 boundary pixels.
  EXPECT_NEAR(found.regions[0].area_px, std::numbers::pi * 9.4 * 9.4, 0.05);
  EXPECT_NEAR(found.regions[0].centroid.y_px, 20.3, 2e-3);
  EXPECT_NEAR(found.regions[0].centroid.x_px, 18.7, 2e-3);
}

TEST(Regions, DropCoverageThatBelongsToNobody) {
  LabelImage labels({1, 5}, {1, 0, 0, 0, 0});
  Grid<uint8_t> coverage({1, 5}, {255, 90, 0, 0, 70});

  const Segmentation found = segmentation_of(labels, coverage);

  EXPECT_EQ(found.coverage, Grid<uint8_t>({1, 5}, {255, 90, 0, 0, 0}));
  EXPECT_NEAR(found.regions[0].area_px, 345 / 255.0, 1e-12);
}

TEST(Regions, NeckRatioIsTheNecksWidthOverTheSmallerDiameter) {
  // Half the width of the lens' chord is sqrt(r^2 - (d/2)^2).
  const double r = 24;
  const double half_chord = 12;
  const double d = 2 * std::sqrt(r * r - half_chord * half_chord);
  const LabelImage labels = synthetic::labels({80, 128}, {{40, 40.25, r}, {40, 40.25 + d, r}});

  const Segmentation found = segmentation_of(labels);

  ASSERT_EQ(found.necks.size(), 1);
  // The cusps on both sides are filled by up to a pixel.
  EXPECT_NEAR(found.necks[0].width_px, 2 * half_chord, 2);
  EXPECT_NEAR(found.necks[0].ratio, half_chord / r, 0.05);
}

TEST(Regions, JoinOverWideNecksOnly) {
  const double r = 20;
  // Necks of ratio 0.8 and 0.3.
  const double near = 2 * r * 0.6;
  const double far = 2 * r * std::sqrt(1 - 0.09);
  const LabelImage labels =
      synthetic::labels({60, 160}, {{30, 30, r}, {30, 30 + near, r}, {30, 30 + near + far, r}});
  const Segmentation cut = segmentation_of(labels);

  const Segmentation joined = join_necks(cut, 0.6);

  ASSERT_EQ(cut.regions.size(), 3);
  ASSERT_EQ(joined.regions.size(), 2);
  EXPECT_EQ(joined.regions[0].area_px, cut.regions[0].area_px + cut.regions[1].area_px);
  EXPECT_NEAR(joined.regions[0].centroid.x_px, 30 + near / 2, 0.7);
  EXPECT_EQ(joined.labels(30, 31), 1);
  EXPECT_EQ(joined.labels(30, 30 + static_cast<int64_t>(near)), 1);
  EXPECT_EQ(joined.labels(30, 30 + static_cast<int64_t>(near + far)), 2);
  ASSERT_EQ(joined.necks.size(), 1);
  EXPECT_EQ(joined.necks[0].a, 1);
  EXPECT_EQ(joined.necks[0].b, 2);
  EXPECT_NEAR(joined.necks[0].ratio, 0.3, 0.05);
}

TEST(Regions, NeverJoinFromARatioOf1On) {
  LabelImage labels({30, 40});
  for (int64_t y = 5; y < 25; ++y) {
    for (int64_t x = 5; x < 35; ++x) {
      labels(y, x) = x < 20 ? 1 : 2;
    }
  }
  const Segmentation cut = segmentation_of(labels);

  ASSERT_EQ(cut.necks.size(), 1);
  ASSERT_EQ(cut.necks[0].ratio, 1);
  EXPECT_EQ(join_necks(cut, 0.99).regions.size(), 1);
  EXPECT_EQ(join_necks(cut, 1).regions.size(), 2);
}

TEST(Regions, ContrastIsAgainstTheBackgroundAround) {
  const std::vector<synthetic::Disc> discs = {{20, 20, 8}, {20, 60, 8}};
  const auto image = synthetic::image({40, 80}, discs, {.background = 90, .particle = 130});
  const LabelImage labels = synthetic::labels({40, 80}, discs);

  const auto contrasts = contrasts_of(labels, 2, distance_to_background(mask_of(labels)), image);

  // Boundary pixels are half one, half the other.
  ASSERT_EQ(contrasts.size(), 3U);
  EXPECT_EQ(contrasts[0], Contrast{});
  EXPECT_NEAR(contrasts[1].value, 40, 4);
  EXPECT_NEAR(contrasts[2].value, 40, 4);
}

TEST(Regions, OfAnEmptyOrFullImageAreNoneOrOne) {
  EXPECT_TRUE(segmentation_of(LabelImage({7, 5})).regions.empty());
  EXPECT_EQ(segmentation_of(LabelImage({7, 5}, 3)).regions.size(), 1);
  EXPECT_TRUE(segmentation_of(LabelImage()).regions.empty());
}

TEST(Watershed, CutsTouchingDiscsAndLeavesSingleOnesWhole) {
  const LabelImage drawn =
      synthetic::labels({80, 160}, {{40, 30.4, 18}, {41, 62.2, 15}, {40.7, 120.3, 25}});
  const BinaryImage mask = mask_of(drawn);

  const LabelImage cut = cut_at_necks(components_of(mask), distance_to_background(mask), {});

  const Segmentation found = segmentation_of(cut);
  ASSERT_EQ(found.regions.size(), 3);
  EXPECT_EQ(mask_of(cut), mask);
  EXPECT_EQ(found.necks.size(), 1);
  EXPECT_NEAR(found.regions[1].centroid.x_px, 30.4, 0.5);
}

TEST(Watershed, LeavesWaistsAboveTheRatioUncut) {
  const double r = 20;
  const BinaryImage mask =
      mask_of(synthetic::labels({60, 100}, {{30, 30, r}, {30, 30 + 2 * r * 0.6, r}}));  // ratio 0.8
  const Grid<float> distance = distance_to_background(mask);

  EXPECT_EQ(segmentation_of(cut_at_necks(components_of(mask), distance, {.max_neck_ratio = 0.7}))
                .regions.size(),
            1);
  EXPECT_EQ(segmentation_of(cut_at_necks(components_of(mask), distance, {.max_neck_ratio = 0.9}))
                .regions.size(),
            2);
}

TEST(Components, HolesAreWhatTheBorderDoesNotReach) {
  const BinaryImage mask({5, 6}, {0, 1, 1, 1, 0, 1,  //
                                  0, 1, 0, 1, 1, 0,  //
                                  0, 1, 1, 1, 1, 1,  //
                                  0, 0, 0, 0, 0, 0,  //
                                  0, 0, 0, 0, 0, 0});

  const Components holes = holes_of(mask);

  ASSERT_EQ(holes.components.size(), 1);
  EXPECT_EQ(holes.labels(1, 2), 1);
  EXPECT_EQ(holes.components[0].area_px, 1);
}

TEST(Components, AreJoinedAtCorners) {
  const BinaryImage mask({3, 4}, {1, 0, 0, 1,  //
                                  0, 1, 0, 1,  //
                                  0, 0, 0, 0});

  const Components found = components_of(mask);

  EXPECT_THAT(found.components,
              ElementsAre(Component{2, {0, 0, 2, 2}, true}, Component{2, {0, 3, 2, 1}, true}));
}

}  // namespace
}  // namespace mote::imaging
