#include "mote/pipeline/whole_masks.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"
#include "tests/eval/drawn_labels.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using testing_support::TemporaryFolder;

// Columns of a 2 x 3 image are counted down: 1 has the left two columns, 2 the right two, 3 is
// dark.
const std::string kMasks =
    "{\"images\":[\n{\"id\":1},\n{\"id\":2}],\n\"categories\":[],\n\"annotations\":[\n"
    R"({"id":1,"image_id":1,"track_id":2,"segmentation":{"size":[2,3],"counts":[2,4]}},)"
    "\n"
    R"({"id":2,"image_id":1,"track_id":1,"segmentation":{"size":[2,3],"counts":[0,4,2]}},)"
    "\n"
    R"({"id":3,"image_id":1,"track_id":3,"segmentation":{"size":[2,3],"counts":[0,2,4]}},)"
    "\n"
    R"({"id":4,"image_id":3,"track_id":1,"segmentation":{"size":[2,3],"counts":[0,6]}}]})"
    "\n";
const std::string kInstances =
    "frame,track,species,dark\n"
    "0,1,\"gold, old\",0\n0,2,gold,0\n0,3,gold,1\n2,1,gold,0\n";

TruthMasks written(const TemporaryFolder& folder) {
  write_file(folder / "masks.json", kMasks);
  write_file(folder / "instances.csv", kInstances);
  return TruthMasks(folder / "");
}

TEST(TruthMasks, AreWholeWhereTheyOverlap) {
  const TemporaryFolder folder;
  const TruthMasks masks = written(folder);

  const eval::ObjectImage image = masks.read(0, {2, 3});

  ASSERT_EQ(image.objects.size(), 2);
  EXPECT_EQ(image.objects[0].id, 1);
  EXPECT_EQ(image.objects[0].mask, (Mask{{{0, 0, 2}, {1, 0, 2}}}));
  EXPECT_EQ(image.objects[1].id, 2);
  EXPECT_EQ(image.objects[1].mask, (Mask{{{0, 1, 2}, {1, 1, 2}}}));
}

TEST(TruthMasks, OfAFrameAreReadInAnyOrderAndMayBeNone) {
  const TemporaryFolder folder;
  const TruthMasks masks = written(folder);

  EXPECT_EQ(masks.read(2, {2, 3}).objects.size(), 1);
  EXPECT_EQ(masks.read(1, {2, 3}).objects.size(), 0);
  EXPECT_EQ(masks.read(0, {2, 3}).objects.size(), 2);
  EXPECT_EQ(masks.read(3, {2, 3}).objects.size(), 0);
}

TEST(TruthMasks, NameFileAndFrameOfWhatIsDamaged) {
  const TemporaryFolder folder;
  const TruthMasks masks = written(folder);

  EXPECT_THAT(
      [&] {
        masks.read(0, {4, 4});
      },
      ThrowsMessage<Error>(HasSubstr("masks.json: frame 0: ")));
}

TEST(FrameLines, RefuseFramesOutOfOrder) {
  const TemporaryFolder folder;
  write_file(folder / "table.csv", "frame\n0,a\n1,b\n0,c\n");

  EXPECT_THAT([&] { FrameLines(folder / "table.csv", leading_number); },
              ThrowsMessage<Error>(HasSubstr("line 4: is of frame 0, after frame 1")));
}

TEST(SharedInstances, CountForEachOfTheirTracks) {
  const TemporaryFolder folder;
  write_file(folder / "particles.csv", "frame,label,tracks\n0,1,1\n1,1,1;3\n1,2,2\n");
  const SharedInstances shared(folder / "particles.csv");
  eval::ObjectImage alone = eval::objects_of(testing_support::drawn_labels({"1.2"}));
  eval::ObjectImage together = alone;

  shared.add_to(alone, 0);
  shared.add_to(together, 1);

  EXPECT_EQ(alone.objects.size(), 2);
  ASSERT_EQ(together.objects.size(), 3);
  EXPECT_EQ(together.objects[2].id, 3);
  EXPECT_EQ(together.objects[2].mask, together.objects[0].mask);
}

TEST(SharedInstances, RefuseATableOfOtherLabels) {
  const TemporaryFolder folder;
  write_file(folder / "particles.csv", "frame,label,tracks\n0,7,7;8\n");
  const SharedInstances shared(folder / "particles.csv");
  eval::ObjectImage image = eval::objects_of(testing_support::drawn_labels({"1.2"}));

  EXPECT_THAT(
      [&] { shared.add_to(image, 0); },
      ThrowsMessage<Error>(HasSubstr("particles.csv: frame 0: the label images have no 7")));
}

}  // namespace
}  // namespace mote::pipeline
