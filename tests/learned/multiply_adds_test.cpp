// What is counted is worked out by hand: each output number is a sum of so many products.
#include <functional>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "mote/learned/bench.h"
#include "mote/nn/autoencoder.h"

namespace mote::learned {
namespace {

double counted(const std::function<void()>& work) {
  const torch::InferenceMode inference;
  return multiply_adds_of(work);
}

double of_layer(torch::nn::AnyModule layer, at::IntArrayRef shape) {
  const torch::Tensor input = torch::rand(shape);
  return counted([&] { layer.forward(input); });
}

TEST(MultiplyAdds, OfAProductAreRowsTimesInnerTimesColumns) {
  const torch::Tensor left = torch::rand({3, 4});
  const torch::Tensor right = torch::rand({4, 5});

  EXPECT_EQ(counted([&] { torch::matmul(left, right); }), 3 * 4 * 5);
}

TEST(MultiplyAdds, OfABatchOfProductsAreThoseOfEach) {
  const torch::Tensor left = torch::rand({2, 6, 3, 4});
  const torch::Tensor right = torch::rand({2, 6, 4, 5});

  EXPECT_EQ(counted([&] { torch::matmul(left, right); }), 2 * 6 * 3 * 4 * 5);
}

TEST(MultiplyAdds, OfALinearLayerLeaveItsBiasOut) {
  EXPECT_EQ(of_layer(torch::nn::AnyModule(torch::nn::Linear(4, 5)), {7, 4}), 7 * 4 * 5);
}

TEST(MultiplyAdds, OfAConvolutionAreKernelsTimesPositions) {
  const auto options = torch::nn::Conv2dOptions(3, 8, 3).stride(2).padding(1);

  // 9 x 7 px become 5 x 4.
  EXPECT_EQ(of_layer(torch::nn::AnyModule(torch::nn::Conv2d(options)), {2, 3, 9, 7}),
            2 * 5 * 4 * 8 * 3 * 3 * 3);
}

TEST(MultiplyAdds, OfADilatedConvolutionFollowItsReach) {
  const auto options = torch::nn::Conv2dOptions(1, 1, 3).dilation(2);

  // A kernel that reaches over 5 px fits 9 x 7 px at 5 x 3 places.
  EXPECT_EQ(of_layer(torch::nn::AnyModule(torch::nn::Conv2d(options)), {1, 1, 9, 7}),
            5 * 3 * 3 * 3);
}

TEST(MultiplyAdds, OfAGroupedConvolutionAreThoseOfItsGroups) {
  const auto options = torch::nn::Conv2dOptions(6, 6, 3).padding(1).groups(6);

  EXPECT_EQ(of_layer(torch::nn::AnyModule(torch::nn::Conv2d(options)), {1, 6, 4, 5}),
            4 * 5 * 6 * 3 * 3);
}

TEST(MultiplyAdds, OfATransposedConvolutionAreKernelsTimesInputs) {
  const auto options = torch::nn::ConvTranspose2dOptions(4, 2, 2).stride(2);

  EXPECT_EQ(of_layer(torch::nn::AnyModule(torch::nn::ConvTranspose2d(options)), {1, 4, 3, 5}),
            3 * 5 * 4 * 2 * 2 * 2);
}

TEST(MultiplyAdds, OfAUnetAreThoseOfItsLayers) {
  nn::Autoencoder network(nn::AutoencoderOptions{.channels = {2, 4}, .skips = true});
  network->eval();
  const torch::Tensor image = torch::rand({1, 1, 8, 8});

  const double down = 8 * 8 * (1 * 2 + 2 * 2) * 9 + 4 * 4 * (2 * 4 + 4 * 4) * 9;
  const double up = 4 * 4 * 4 * 2 * 2 * 2;
  const double merge = 8 * 8 * (4 * 2 + 2 * 2) * 9;  // features of both ways
  const double head = 8 * 8 * 2;
  EXPECT_EQ(counted([&] { network->forward(image); }), down + up + merge + head);
}

TEST(MultiplyAdds, DoNotCountOtherOperatorsOrEarlierWork) {
  const torch::Tensor map = torch::rand({1, 4, 8, 8});
  counted([&] { torch::matmul(map, map); });

  EXPECT_EQ(counted([&] { torch::relu(map + map).max(); }), 0);
}

}  // namespace
}  // namespace mote::learned
