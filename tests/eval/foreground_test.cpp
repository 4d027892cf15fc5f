#include "mote/eval/foreground.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/imaging/components.h"
#include "tests/eval/drawn_labels.h"

namespace mote::eval {
namespace {

BinaryImage mask(const std::vector<std::string>& rows) {
  return imaging::mask_of(testing_support::drawn_labels(rows));
}

TEST(Foreground, IouAndDiceOfOneImage) {
  const ForegroundCounts counts = foreground_counts(mask({"1111.."}), mask({"..1111"}));

  EXPECT_DOUBLE_EQ(counts.iou(), 2.0 / 6);
  EXPECT_DOUBLE_EQ(counts.dice(), 0.5);
}

TEST(Foreground, PooledAndMeanDiffer) {
  const std::vector<ForegroundCounts> images = {{.truth_px = 4, .result_px = 4, .both_px = 4},
                                                {.truth_px = 40, .result_px = 40, .both_px = 20}};

  const auto scores = foreground_scores(images);

  EXPECT_DOUBLE_EQ(scores->pooled_iou, 24.0 / 64);
  EXPECT_DOUBLE_EQ(scores->mean_iou, (1 + 20.0 / 60) / 2);
  EXPECT_DOUBLE_EQ(scores->pooled_dice, 48.0 / 88);
  EXPECT_DOUBLE_EQ(scores->mean_dice, 0.75);
}

TEST(Foreground, ErosionTakesTheOutermostPixelsButNotThoseAtTheImageBorder) {
  const BinaryImage square =
      mask({".......", ".11111.", ".11111.", ".11111.", ".11111.", ".11111.", "......."});
  const BinaryImage corner = mask({"111..", "111..", "111..", "....."});

  EXPECT_DOUBLE_EQ(foreground_counts(square, square).eroded_iou(), 9.0 / 25);
  EXPECT_DOUBLE_EQ(foreground_counts(square, square).eroded_dice(), 18.0 / 34);
  EXPECT_DOUBLE_EQ(foreground_counts(corner, corner).eroded_iou(), 4.0 / 9);
}

TEST(Foreground, EmptyImagesAgree) {
  const ForegroundCounts both = foreground_counts(BinaryImage({3, 3}), BinaryImage({3, 3}));
  const ForegroundCounts no_result = foreground_counts(BinaryImage({3, 3}, 1), BinaryImage({3, 3}));
  const ForegroundCounts no_truth = foreground_counts(BinaryImage({3, 3}), BinaryImage({3, 3}, 1));

  EXPECT_EQ(both.iou(), 1);
  EXPECT_EQ(both.dice(), 1);
  EXPECT_EQ(both.eroded_iou(), 1);
  EXPECT_EQ(no_result.iou(), 0);
  EXPECT_EQ(no_truth.dice(), 0);
  EXPECT_FALSE(foreground_scores({}).has_value());
}

TEST(Foreground, RefusesImagesOfTwoSizes) {
  EXPECT_THROW(foreground_counts(BinaryImage({3, 3}), BinaryImage({3, 4})), Error);
}

}  // namespace
}  // namespace mote::eval
