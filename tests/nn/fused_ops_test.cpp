#include "mote/nn/fused_ops.h"

#include <gtest/gtest.h>

#include "mote/nn/plain.h"

namespace mote::nn {
namespace {

/// Against float64, relative to the largest value.
double difference(const torch::Tensor& tensor, const torch::Tensor& exact) {
  return ((tensor.to(torch::kFloat64) - exact).abs().max() / exact.abs().max()).item<double>();
}

torch::Tensor doubled(const torch::Tensor& tensor) {
  return tensor.to(torch::kFloat64);
}

TEST(FusedOps, ConvolveChannelsByThemselvesToAMillionth) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  const int64_t channels = 37;  // two vectors and some more
  torch::nn::Conv2d convolution(
      torch::nn::Conv2dOptions(channels, channels, 3).padding(1).groups(channels));
  const auto wide = torch::randn({2, 5, 7, 2 * channels});
  const auto map = wide.slice(3, 0, channels);

  const auto out = depthwise_silu(map, convolution);

  const auto exact =
      torch::silu(torch::conv2d(doubled(map.permute({0, 3, 1, 2})), doubled(convolution->weight),
                                doubled(convolution->bias), 1, 1, 1, channels));
  EXPECT_LE(difference(out, exact.permute({0, 2, 3, 1})), 1e-6);
}

TEST(FusedOps, NormAndGateToAMillionth) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(2);
  torch::nn::LayerNorm norm(torch::nn::LayerNormOptions({53}));
  norm->weight.normal_();
  norm->bias.normal_();
  const auto map = 3 + torch::randn({2, 4, 5, 53});
  const auto gate = (4 * torch::randn({2, 4, 5, 106})).slice(3, 53);

  const auto plain = normed(map, norm);
  const auto gated = gated_norm(map, norm, gate);

  const auto exact =
      torch::layer_norm(doubled(map), {53}, doubled(norm->weight), doubled(norm->bias));
  EXPECT_LE(difference(plain, exact), 1e-6);
  EXPECT_LE(difference(gated, exact * torch::silu(doubled(gate))), 1e-6);
}

TEST(FusedOps, StandInOnlyWhereNoGradientIsAskedFor) {
  const auto tensor = torch::zeros({1});
  EXPECT_FALSE(fuses(tensor));

  const torch::NoGradGuard no_grad;
  EXPECT_TRUE(fuses(tensor));
  EXPECT_FALSE(fuses(tensor.to(torch::kFloat64)));

  const PlainOperators plain;
  EXPECT_FALSE(fuses(tensor));
}

}  // namespace
}  // namespace mote::nn
