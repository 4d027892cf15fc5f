#include "mote/learned/found_instance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

namespace mote::learned {
namespace {

using testing::Each;

torch::Tensor rectangle() {
  torch::Tensor mask = torch::zeros({12, 16}, torch::kBool);
  mask.slice(0, 3, 7).slice(1, 5, 10).fill_(true);
  return mask;
}

TEST(FoundInstance, IsCutToTheSmallestBox) {
  const FoundInstance found = found_instance(rectangle(), 0.5);

  EXPECT_EQ(found.box, (Box{.y = 3, .x = 5, .height = 4, .width = 5}));
  EXPECT_EQ(found.mask.size(), found.box.size());
  EXPECT_THAT(found.mask.values(), Each(1));
  EXPECT_EQ(found.score, 0.5);
}

TEST(FoundInstance, LiesInTheTileWhereItsMaskWasCut) {
  const FoundInstance found = found_instance(rectangle(), 0.5, 100, 200);

  EXPECT_EQ(found.box, (Box{.y = 103, .x = 205, .height = 4, .width = 5}));
}

TEST(FoundInstance, HasNoMaskWhereNothingWasFound) {
  EXPECT_TRUE(found_instance(torch::zeros({4, 4}, torch::kBool), 0.5).mask.empty());
  EXPECT_TRUE(found_instance(torch::zeros({0, 0}, torch::kBool), 0.5).mask.empty());
}

}  // namespace
}  // namespace mote::learned
