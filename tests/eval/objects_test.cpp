#include "mote/eval/objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "tests/eval/drawn_labels.h"

namespace mote::eval {
namespace {

using testing::ElementsAre;
using testing_support::drawn_labels;

Object object(int32_t id, std::vector<Run> runs) {
  return {.id = id, .mask = {std::move(runs)}};
}

TEST(Overlaps, CountThePixelsThatObjectsShare) {
  const Overlaps overlaps =
      overlaps_of(drawn_labels({"1122.", "1122."}), drawn_labels({".777.", ".7..8"}));

  EXPECT_THAT(overlaps.truth_ids, ElementsAre(1, 2));
  EXPECT_THAT(overlaps.result_ids, ElementsAre(7, 8));
  EXPECT_THAT(overlaps.truth_areas, ElementsAre(4, 4));
  EXPECT_THAT(overlaps.result_areas, ElementsAre(4, 1));
  EXPECT_THAT(overlaps.pairs, ElementsAre(Overlap{0, 0, 2}, Overlap{1, 0, 2}));
  EXPECT_DOUBLE_EQ(overlaps.iou(overlaps.pairs[0]), 2.0 / 6);
}

TEST(Overlaps, HoldForMasksThatOverlapOneAnother) {
  const ObjectImage truth{.size = {1, 20},
                          .objects = {object(1, {{0, 0, 20}}), object(2, {{0, 2, 2}})}};
  const ObjectImage result{.size = {1, 20},
                           .objects = {object(1, {{0, 0, 10}}), object(2, {{0, 3, 4}})}};

  const Overlaps overlaps = overlaps_of(truth, result);

  EXPECT_THAT(overlaps.pairs,
              ElementsAre(Overlap{0, 0, 10}, Overlap{0, 1, 4}, Overlap{1, 0, 2}, Overlap{1, 1, 1}));
}

TEST(Overlaps, OfBoxesAreTheirSharedRectangles) {
  const std::vector<ObjectBox> truth = {
      {.id = 1, .y_px = 0, .x_px = 0, .height_px = 2, .width_px = 2}};
  const std::vector<ObjectBox> result = {
      {.id = 5, .y_px = 0.5, .x_px = 1, .height_px = 2, .width_px = 2},
      {.id = 6, .y_px = 2, .x_px = 0, .height_px = 1, .width_px = 1}};

  EXPECT_THAT(overlaps_of(truth, result).pairs, ElementsAre(Overlap{0, 0, 1.5}));
}

TEST(Overlaps, RefuseImagesOfTwoSizes) {
  EXPECT_THROW(overlaps_of(LabelImage({4, 4}), LabelImage({4, 5})), Error);
}

TEST(Overlaps, KnowNoCrowdsAfterwards) {
  ObjectImage truth = objects_of(drawn_labels({"1122"}));
  truth.objects[0].crowd = true;

  const Overlaps kept = without_crowds(overlaps_of(truth, objects_of(drawn_labels({"3333"}))));

  EXPECT_THAT(kept.truth_ids, ElementsAre(2));
  EXPECT_THAT(kept.pairs, ElementsAre(Overlap{0, 0, 2}));
}

TEST(Matched, TakesTheLargestSumOfIous) {
  const Overlaps overlaps = overlaps_of(drawn_labels({"1111222222"}), drawn_labels({"3333333344"}));

  EXPECT_THAT(matched(overlaps, 0), ElementsAre(Overlap{0, 0, 4}, Overlap{1, 1, 2}));
  EXPECT_TRUE(matched(overlaps, 0.5).empty());
}

TEST(Matched, PairsTenThousandObjects) {
  const Overlaps overlaps =
      overlaps_of(testing_support::many_squares(10000, 0), testing_support::many_squares(10000, 1));

  EXPECT_EQ(matched(overlaps, 0.49).size(), 10000);
}

TEST(Flattened, GivesSharedPixelsToTheLowestIdAndDropsWhatIsCovered) {
  ObjectImage image{.size = {1, 6}};
  image.objects = {{.id = 3, .mask = {{{0, 0, 4}}}},
                   {.id = 5, .mask = {{{0, 2, 4}}}, .score = 0.5},
                   {.id = 8, .mask = {{{0, 1, 2}}}}};

  const ObjectImage flat = flattened(image);

  ASSERT_EQ(flat.objects.size(), 2);
  EXPECT_EQ(flat.objects[0].id, 3);
  EXPECT_EQ(flat.objects[0].mask, (Mask{{{0, 0, 4}}}));
  EXPECT_EQ(flat.objects[1].id, 5);
  EXPECT_EQ(flat.objects[1].mask, (Mask{{{0, 4, 2}}}));
  EXPECT_EQ(flat.objects[1].score, 0.5);
}

}  // namespace
}  // namespace mote::eval
