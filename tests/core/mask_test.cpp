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

}  // namespace
}  // namespace mote
