#include "mote/core/mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote {
namespace {

TEST(Mask, HoldsTheRunsOfEachLabelInReadingOrder) {
  const LabelImage labels({2, 5}, {0, 1, 1, 2, 0,  //
                                   1, 0, 1, 0, 2});

  const auto masks = masks_of(labels);

  EXPECT_THAT(masks.at(1).runs,
              testing::ElementsAre(mote::Run{0, 1, 2}, mote::Run{1, 0, 1}, mote::Run{1, 2, 1}));
  EXPECT_EQ(masks.at(1).area_px(), 4);
  EXPECT_EQ(masks.at(1).bounds(), (Box{0, 0, 2, 3}));
  EXPECT_EQ(masks.at(2).area_px(), 2);
}

TEST(Mask, PaintedBackGivesTheLabelImage) {
  const LabelImage labels({2, 4}, {3, 3, 0, 7, 0, 3, 7, 7});

  LabelImage painted(labels.size());
  for (const auto& [label, mask] : masks_of(labels)) {
    paint(painted, mask, label);
  }

  EXPECT_EQ(painted, labels);
}

TEST(Mask, IsCutOffAtTheImageWhenPainted) {
  LabelImage labels({2, 2});

  paint(labels, {{{-1, 0, 2}, {0, -3, 4}, {1, 1, 9}, {5, 0, 1}}}, 4);

  EXPECT_EQ(labels, LabelImage({2, 2}, {4, 0, 0, 4}));
}

TEST(Mask, CountsThePixelsThatTwoHaveInCommonWhereOneIsMoved) {
  const Mask bar = {{{.y = 1, .x = 2, .length = 5}, {.y = 2, .x = 0, .length = 3}}};
  const Mask dashes = {{{.y = 1, .x = 0, .length = 3},
                        {.y = 1, .x = 4, .length = 1},
                        {.y = 1, .x = 6, .length = 4},
                        {.y = 3, .x = 0, .length = 9}}};

  EXPECT_EQ(common_px(bar, {}, dashes), 3);
  EXPECT_EQ(common_px(dashes, {}, bar), 3);
  EXPECT_EQ(common_px(bar, {.y_px = 1.4, .x_px = -0.6}, dashes), 2);
  EXPECT_EQ(common_px(bar, {.y_px = 20, .x_px = 0}, dashes), 0);
}

}  // namespace
}  // namespace mote
