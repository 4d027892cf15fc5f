#include "mote/learned/yolo_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::learned {
namespace {

using testing::Each;
using testing::IsEmpty;
using testing::Not;

/// A network of random weights, whose classes are all about as likely as not.
nn::Yolo random_network() {
  torch::manual_seed(1);
  nn::Yolo network(nn::YoloOptions{.classes = 2});
  network->eval();
  return network;
}

MATCHER(LiesInATileOf96Px, "") {
  const FoundInstance& instance = arg;
  return instance.box.y >= 0 && instance.box.x >= 0 && instance.box.y_end() <= 96 &&
         instance.box.x_end() <= 96 && instance.mask.size() == instance.box.size() &&
         instance.score > 0.01 && instance.score <= 1;
}

std::vector<std::vector<FoundInstance>> instances_in(const torch::Tensor& tiles, double min_score) {
  segment::NetworkOptions options;
  options.min_score = min_score;
  const auto network = make_yolo_network(options, random_network());
  return network->instances(tiles, {}, {});
}

TEST(YoloNetwork, FindsMasksInsideTheirTile) {
  torch::manual_seed(2);

  const auto found = instances_in(torch::rand({1, 1, 96, 96}), 0.01);

  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0], Not(IsEmpty()));
  EXPECT_THAT(found[0], Each(LiesInATileOf96Px()));
}

TEST(YoloNetwork, AnswersForEveryTile) {
  EXPECT_EQ(instances_in(torch::rand({3, 1, 64, 64}), 0.01).size(), 3U);
}

TEST(YoloNetwork, FindsNothingThatIsSureEnoughInNoise) {
  EXPECT_THAT(instances_in(torch::rand({1, 1, 64, 64}), 0.99), Each(IsEmpty()));
}

}  // namespace
}  // namespace mote::learned
