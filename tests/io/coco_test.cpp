#include "mote/io/coco.h"

#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/coco_runs.h"

namespace mote::io {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CocoAnnotation annotation(const std::string& segmentation) {
  return coco_file(
             fmt::format(R"([{{"image_id": 1, "segmentation": {}, "score": 0.5}}])", segmentation))
      .annotations.at(0);
}

TEST(Coco, ReadsGroundTruth) {
  const CocoFile file = coco_file(R"({
    "images": [{"id": 4, "height": 3, "width": 5, "file_name": "a.png"}],
    "annotations": [{"image_id": 4, "segmentation": [[0, 0, 2, 0, 2, 2]], "iscrowd": 1}]})");

  EXPECT_EQ(file.images.at(0).size, (Size{3, 5}));
  EXPECT_EQ(file.images.at(0).file_name, "a.png");
  EXPECT_TRUE(file.annotations.at(0).crowd);
  EXPECT_EQ(file.annotations.at(0).score, 1);
}

TEST(Coco, ReadsRunsDownTheColumns) {
  const CocoAnnotation centre = annotation(R"({"size": [3, 3], "counts": [4, 1, 4]})");

  EXPECT_EQ(centre.score, 0.5);
  EXPECT_THAT(mask_of(centre, {3, 3}).runs, ElementsAre(mote::Run{1, 1, 1}));
}

// By hand: 10 is ':', 3 is '3', 20 takes two characters, and the fourth is 1 - 3 = -2.
TEST(Coco, ReadsRunsThatStandAsText) {
  const CocoAnnotation text = annotation(R"({"size": [17, 2], "counts": ":3d0N"})");

  EXPECT_THAT(text.run_lengths, ElementsAre(10, 3, 20, 1));
  EXPECT_THAT(mask_of(text, {17, 2}).runs, ElementsAre(mote::Run{10, 0, 1}, mote::Run{11, 0, 1},
                                                       mote::Run{12, 0, 1}, mote::Run{16, 1, 1}));
}

TEST(Coco, FillsPolygons) {
  EXPECT_THAT(mask_of(annotation("[[1, 1, 4, 1, 4, 4, 1, 4]]"), {6, 6}).runs,
              ElementsAre(mote::Run{1, 1, 3}, mote::Run{2, 1, 3}, mote::Run{3, 1, 3}));
}

TEST(Coco, JoinsThePolygonsOfOneObject) {
  EXPECT_THAT(
      mask_of(annotation("[[0, 0, 1, 0, 1, 1, 0, 1], [3, 0, 5, 0, 5, 1, 3, 1]]"), {2, 6}).runs,
      ElementsAre(mote::Run{0, 0, 1}, mote::Run{0, 3, 2}));
}

TEST(Coco, CutsPolygonsAtTheImage) {
  EXPECT_THAT(mask_of(annotation("[[-5, -5, 9, -5, 9, 9, -5, 9]]"), {2, 2}).runs,
              ElementsAre(mote::Run{0, 0, 2}, mote::Run{1, 0, 2}));
  EXPECT_THAT(mask_of(annotation("[]"), {2, 2}).runs, IsEmpty());
}

TEST(Coco, RefusesWhatIsNone) {
  EXPECT_THROW(coco_file("{"), Error);
  EXPECT_THROW(coco_file("{}"), Error);
  EXPECT_THROW(coco_file(R"({"images": [{"id": 1, "height": 0, "width": 3}], "annotations": []})"),
               Error);
  EXPECT_THROW(coco_file(R"([{"image_id": 1, "bbox": [1, 2, 3, 4]}])"), Error);
  EXPECT_THROW(annotation("[[1, 2, 3]]"), Error);
  EXPECT_THROW(annotation("[[1e300, 2, 3, 4, 5, 6]]"), Error);
  EXPECT_THROW(mask_of(annotation("[[0, 0, 9e5, 0, 0, 9e5, 9e5, 9e5]]"), {9, 9}), Error);
  EXPECT_THROW(coco_mask("4", {1 << 20, 1 << 20}), Error);
  EXPECT_THROW(annotation(R"({"size": [3, 3], "counts": "d"})"), Error);
  EXPECT_THROW(mask_of(annotation(R"({"size": [3, 3], "counts": [4, 1, 4]})"), {3, 4}), Error);
  EXPECT_THROW(mask_of(annotation(R"({"size": [3, 3], "counts": [4, 1, 9]})"), {3, 3}), Error);
  EXPECT_THROW(mask_of(annotation(R"({"size": [3, 3], "counts": [4, 1]})"), {3, 3}), Error);
}

TEST(Coco, WritesRunsThatItReadsBack) {
  const Mask ring = mask_where({.y = 2, .x = 0, .height = 38, .width = 40}, [](auto y, auto x) {
    const int64_t squared = (y - 20) * (y - 20) + (x - 25) * (x - 25);
    return squared < 400 && squared > 100;
  });
  const Mask corner =
      mask_where({.y = 0, .x = 0, .height = 3, .width = 2}, [](int64_t, int64_t) { return true; });
  const Mask column = mask_where({.y = 0, .x = 39, .height = 40, .width = 1},
                                 [](int64_t, int64_t) { return true; });
  const Mask all = mask_where({.y = 0, .x = 0, .height = 40, .width = 40},
                              [](int64_t, int64_t) { return true; });

  for (const Mask& mask : {ring, corner, column, all, Mask{}}) {
    const std::string counts = coco_counts(mask, {40, 40});
    const auto read = annotation(
        fmt::format(R"({{"size": [40, 40], "counts": {}}})", nlohmann::json(counts).dump()));
    EXPECT_EQ(mask_of(read, {40, 40}), mask);
  }
}

// Found by the fuzzer of MOTS: it came back as the whole image.
TEST(Coco, WritesRunsThatEndAtTheLowerEdge) {
  const Mask left =
      mask_where({.y = 0, .x = 0, .height = 4, .width = 2}, [](int64_t, int64_t) { return true; });

  EXPECT_EQ(coco_mask(coco_counts(left, {4, 5}), {4, 5}), left);
}

TEST(Coco, RefusesNumbersThatAreNotWhole) {
  EXPECT_THAT([] { coco_file(R"([{"image_id": 1e83, "segmentation": []}])"); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("the number 1e+83")));
  EXPECT_EQ(coco_file(R"([{"image_id": 3.0, "segmentation": []}])").annotations.at(0).image_id, 3);
  EXPECT_THROW(annotation(R"({"size": [3, 3.5], "counts": [4, 1, 4]})"), Error);
  EXPECT_THROW(coco_file(R"([{"image_id": 1, "track_id": 3000000000, "segmentation": []}])"),
               Error);
}

TEST(Coco, WritesTheTextThatTheAuthorsProgramWrites) {
  const Mask centre = {.runs = {{.y = 1, .x = 1, .length = 1}}};

  EXPECT_EQ(coco_counts(centre, {3, 3}), "414");
}

}  // namespace
}  // namespace mote::io
