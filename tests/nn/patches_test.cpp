#include "mote/nn/patches.h"

#include <gtest/gtest.h>

#include "mote/nn/plain.h"

namespace mote::nn {
namespace {

TEST(PatchExpand, ConvolvesInTheCacheAsOperatorByOperator) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  PatchExpand expand(PatchExpandOptions{.channels = 24, .out_channels = 24, .factor = 4});
  torch::nn::Conv2d convolution(torch::nn::Conv2dOptions(24, 5, 1));
  const torch::Tensor map = torch::randn({2, 3, 45, 24});  // two images, wider than a chunk

  const torch::Tensor found = expand->convolved(map, convolution);
  const torch::Tensor expected = [&] {
    const PlainOperators plain;
    return expand->convolved(map, convolution);
  }();

  ASSERT_EQ(found.sizes(), at::IntArrayRef({2, 5, 12, 180}));
  EXPECT_TRUE(torch::allclose(found, expected, 1e-5, 1e-5));  // sums in another order
}

}  // namespace
}  // namespace mote::nn
