#include "mote/eval/slivers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/eval/drawn_labels.h"

namespace mote::eval {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::drawn_labels;

struct Scene {
  ObjectImage truth;
  ObjectImage result;
  SliversLeftOut left_out;
};

Scene without_slivers(const std::vector<std::string>& truth, const std::vector<std::string>& result,
                      int64_t least_px) {
  Scene scene{.truth = objects_of(drawn_labels(truth)), .result = objects_of(drawn_labels(result))};
  scene.left_out = leave_out_slivers(scene.truth, scene.result, least_px);
  return scene;
}

std::vector<int32_t> ids(const ObjectImage& image) {
  std::vector<int32_t> ids;
  for (const Object& object : image.objects) {
    ids.push_back(object.id);
  }
  return ids;
}

// The worked example of docs/metrics.md.
TEST(Slivers, AreNeitherAskedNorWrong) {
  const Scene scene = without_slivers({"1....22", "1.33.22", ".....22"},  //
                                      {"1....22", "..4..22", "....5.2"}, 3);

  EXPECT_THAT(ids(scene.truth), ElementsAre(2, 3));
  EXPECT_THAT(ids(scene.result), ElementsAre(2, 4));
  EXPECT_EQ(scene.left_out.truths, 1);
  EXPECT_EQ(scene.left_out.results, 2);
}

TEST(Slivers, LiveAtTheBorderAlone) {
  const Scene scene = without_slivers({".....", ".1.2.", "....."}, {".....", ".1...", "....."}, 3);

  EXPECT_THAT(ids(scene.truth), ElementsAre(1, 2));
  EXPECT_THAT(ids(scene.result), ElementsAre(1));
}

TEST(Slivers, OfTheResultCountWhereTheyMatchATruthThatIsAsked) {
  const Scene scene = without_slivers({"111", "...", "..."}, {"11.", "...", "..."}, 3);

  EXPECT_THAT(ids(scene.truth), ElementsAre(1));
  EXPECT_THAT(ids(scene.result), ElementsAre(1));
}

TEST(Slivers, TakeALargerResultWithThemThatLiesMostlyInThem) {
  const Scene mostly = without_slivers({"111", "111", "..."}, {"111", "111", "111"}, 7);
  const Scene hardly = without_slivers({"1..", "1..", "..."}, {"111", "111", "111"}, 7);

  EXPECT_THAT(ids(mostly.truth), IsEmpty());
  EXPECT_THAT(ids(mostly.result), IsEmpty());
  EXPECT_THAT(ids(hardly.truth), IsEmpty());
  EXPECT_THAT(ids(hardly.result), ElementsAre(1));
}

TEST(Slivers, StayWhereNoneIsToBeLeftOut) {
  const Scene scene = without_slivers({"1.", ".."}, {".1", ".."}, 0);

  EXPECT_EQ(scene.truth.objects.size(), 1);
  EXPECT_EQ(scene.result.objects.size(), 1);
}

}  // namespace
}  // namespace mote::eval
