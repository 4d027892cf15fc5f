#include "mote/data/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::data {
namespace {

using testing::ElementsAre;

TEST(Layout, TakesImagesAndLabelsFromTheirFolders) {
  const auto items = items_of({"README.md", "train/images/image_0.png", "train/labels/label_0.png",
                               "test/images/image_0.png", "test/labels/label_0.png"});

  EXPECT_THAT(items,
              ElementsAre(Item{"train/images/image_0.png", "train/labels/label_0.png", "train"},
                          Item{"test/images/image_0.png", "test/labels/label_0.png", "test"}));
}

TEST(Layout, TakesLabelsThatLieBesideTheirImages) {
  const auto items = items_of({"Val/a.tif", "Val/a_mask.tif", "Val/b.tif", "Val/b.json"});

  EXPECT_THAT(items, ElementsAre(Item{"Val/a.tif", "Val/a_mask.tif", "val"},
                                 Item{"Val/b.tif", "Val/b.json", "val"}));
}

TEST(Layout, TakesSplitsInsideOfImagesAndLabels) {
  const auto items = items_of({"images/train/7.jpg", "images/valid/7.jpg", "labels/train/7.txt"});

  EXPECT_THAT(items, ElementsAre(Item{"images/train/7.jpg", "labels/train/7.txt", "train"},
                                 Item{"images/valid/7.jpg", "", "val"}));
}

TEST(Layout, WithoutSplitsHasNone) {
  const auto items = items_of({"one.png", "day2/one.png", "notes.txt"});

  EXPECT_THAT(items, ElementsAre(Item{"one.png", "", ""}, Item{"day2/one.png", "", ""}));
}

TEST(Layout, KeepsWordsThatOnlyBeginLikeALabel) {
  const auto items = items_of({"train/masked_ion.png", "train/segment3.png"});

  EXPECT_EQ(items.size(), 2);
}

}  // namespace
}  // namespace mote::data
