#include "mote/track/new_objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::track {
namespace {

using testing::ElementsAre;

constexpr NewObjectOptions kSmall = {.min_area_px = 2, .min_new_share = 0.5};

LabelImage row(const std::vector<int32_t>& labels) {
  return {{1, static_cast<int64_t>(labels.size())}, labels};
}

Mask run(int32_t x, int32_t length) {
  return {.runs = {{.y = 0, .x = x, .length = length}}};
}

TEST(NewObjects, TakeTheIdsAfterTheLargestEverUsed) {
  const LabelImage tracked = row({1, 1, 0, 0, 0, 0, 0});
  const LabelImage segmented = row({4, 4, 0, 7, 7, 2, 2});

  const LabelImage added = new_objects(tracked, segmented, 5, kSmall);

  EXPECT_THAT(added.values(), ElementsAre(0, 0, 0, 7, 7, 6, 6));
}

TEST(NewObjects, AreThoseOfWhichEnoughIsFree) {
  const LabelImage tracked = row({1, 1, 1, 0, 0, 1, 1, 0, 0, 0});
  const LabelImage segmented = row({1, 1, 1, 1, 1, 2, 2, 2, 2, 3});

  const LabelImage added = new_objects(tracked, segmented, 1, kSmall);

  EXPECT_THAT(added.values(), ElementsAre(0, 0, 0, 0, 0, 0, 0, 2, 2, 0));
}

TEST(NewObjects, AreRefusedBeyondTheLargestId) {
  const LabelImage tracked = row({0, 0, 0, 0});
  const LabelImage segmented = row({1, 1, 2, 2});

  const LabelImage added =
      new_objects(tracked, segmented, 3, {.min_area_px = 1, .min_new_share = 0.5, .max_id = 4});

  EXPECT_THAT(added.values(), ElementsAre(4, 4, 0, 0));
}

TEST(NewObjects, AreNoneInAnEmptySegmentation) {
  const LabelImage added = new_objects(row({1, 1, 0}), row({0, 0, 0}), 1, kSmall);

  EXPECT_THAT(added.values(), ElementsAre(0, 0, 0));
}

TEST(NewObjects, RefuseImagesOfTwoSizes) {
  EXPECT_THROW(new_objects(row({1, 1, 0}), row({0, 0}), 1, kSmall), Error);
}

TEST(JoinedLabels, KeepWhatIsTracked) {
  const LabelImage joined = joined_labels(row({1, 1, 0, 0}), row({0, 2, 2, 0}));

  EXPECT_THAT(joined.values(), ElementsAre(1, 1, 2, 0));
}

TEST(PaintedMasks, CoverThoseBeforeAndAreNumberedWithoutHoles) {
  const std::vector<Mask> masks = {run(0, 4), run(4, 2), run(1, 3), run(6, 4)};

  const LabelImage labels = painted_masks({1, 10}, masks, kSmall);

  EXPECT_THAT(labels.values(), ElementsAre(0, 1, 1, 1, 0, 0, 2, 2, 2, 2));
}

TEST(PaintedMasks, AreSoManyAtMost) {
  const std::vector<Mask> masks = {run(0, 3), run(3, 3), run(6, 3)};

  const LabelImage labels =
      painted_masks({1, 9}, masks, {.min_area_px = 2, .min_new_share = 0.5, .max_id = 2});

  EXPECT_THAT(labels.values(), ElementsAre(1, 1, 1, 2, 2, 2, 0, 0, 0));
}

}  // namespace
}  // namespace mote::track
