#include "mote/io/coco_writer.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "tests/io/drawn_masks.h"
#include "tests/temporary_folder.h"

namespace mote::io {
namespace {

using testing::IsEmpty;
using testing_support::bytes_of;
using testing_support::TemporaryFolder;

TEST(CocoWriter, WritesWhatIsReadBack) {
  const TemporaryFolder folder;
  const Size size{64, 80};
  const auto masks = testing_support::drawn_masks();

  CocoWriter writer(folder / "a.json", {{.id = 1, .size = size, .file_name = "a.tif"}},
                    {"particle"});
  for (size_t i = 0; i < masks.size(); ++i) {
    writer.write({.image_id = 1,
                  .track_id = static_cast<int32_t>(100 + i),
                  .size = size,
                  .mask = masks[i].mask});
  }
  writer.close();
  const CocoFile read = coco_file(bytes_of(folder / "a.json"));

  EXPECT_EQ(read.images.at(0).file_name, "a.tif");
  EXPECT_EQ(read.images.at(0).size, size);
  ASSERT_EQ(read.annotations.size(), masks.size());
  for (size_t i = 0; i < masks.size(); ++i) {
    EXPECT_EQ(mask_of(read.annotations[i], size), masks[i].mask) << masks[i].name;
    EXPECT_EQ(read.annotations[i].track_id, 100 + static_cast<int32_t>(i));
  }
}

TEST(CocoWriter, WritesWhatOtherProgramsAskFor) {
  const TemporaryFolder folder;

  CocoWriter writer(folder / "a.json", {{.id = 7, .size = {4, 5}}}, {"particle"});
  writer.write({.image_id = 7,
                .track_id = 3,
                .size = {4, 5},
                .mask = {.runs = {{.y = 1, .x = 2, .length = 2}, {.y = 2, .x = 2, .length = 1}}}});
  writer.close();
  // By hand: runs of 9, 2, 2, 1 and 6, the last two as 1 - 2 and 6 - 2.
  const auto json = nlohmann::json::parse(bytes_of(folder / "a.json"));

  EXPECT_EQ(json["categories"], nlohmann::json::parse(R"([{"id": 1, "name": "particle"}])"));
  EXPECT_EQ(json["annotations"][0], nlohmann::json::parse(R"({
    "id": 1, "image_id": 7, "track_id": 3, "category_id": 1, "iscrowd": 0, "area": 3,
    "bbox": [2, 1, 2, 2], "segmentation": {"size": [4, 5], "counts": "922O4"}})"));
}

TEST(CocoWriter, TakesImagesAsTheyCome) {
  const TemporaryFolder folder;

  CocoWriter writer(folder / "a.json", {{.id = 1, .size = {4, 5}}}, {"particle"});
  writer.add_image({.id = 2, .size = {6, 7}, .file_name = "b.tif"});
  writer.close();
  const CocoFile read = coco_file(bytes_of(folder / "a.json"));

  ASSERT_EQ(read.images.size(), 2);
  EXPECT_EQ(read.images[1].size, (Size{6, 7}));
  EXPECT_EQ(read.images[1].file_name, "b.tif");
}

TEST(CocoWriter, WritesAFileWithoutAnnotations) {
  const TemporaryFolder folder;

  CocoWriter writer(folder / "a.json", {}, {});
  writer.close();

  EXPECT_THAT(coco_file(bytes_of(folder / "a.json")).annotations, IsEmpty());
}

TEST(CocoWriter, SaysWhereItCannotWrite) {
  EXPECT_THROW(CocoWriter("/nowhere/a.json", {}, {}), Error);
}

}  // namespace
}  // namespace mote::io
