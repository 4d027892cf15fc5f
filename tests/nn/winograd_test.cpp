#include "mote/nn/winograd.h"

#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::nn {
namespace {

torch::Tensor convolved(const torch::Tensor& image, const torch::Tensor& weight,
                        const torch::Tensor& bias) {
  const torch::Tensor in = image.permute({2, 0, 1}).unsqueeze(0).to(torch::kFloat64);
  return torch::conv2d(in, weight.to(torch::kFloat64), bias.to(torch::kFloat64), 1, 1)[0].permute(
      {1, 2, 0});
}

// Tiles of 4 x 4 outputs lose some bits against the plain sum: the errors of the points grow with
// the square root of the channels.
TEST(WinogradConvolution, IsThatOfPlainOperatorsOnImagesOfAnySize) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  const torch::Tensor weight = torch::randn({48, 256, 3, 3});
  const torch::Tensor bias = torch::randn({48});
  for (const auto& [height, width] :
       {std::pair<int64_t, int64_t>{1, 1}, {4, 8}, {11, 13}, {60, 90}}) {
    const torch::Tensor image = torch::randn({height, width, 256});

    const torch::Tensor result = winograd_convolution(image, winograd_weights(weight), bias);

    const torch::Tensor expected = convolved(image, weight, bias);
    const double error = ((result - expected).abs().max() / expected.abs().max()).item<double>();
    EXPECT_LE(error, 3e-5) << height << " x " << width;
  }
}

TEST(WinogradConvolution, RefusesImagesOfOtherChannels) {
  const WinogradWeights weights = winograd_weights(torch::randn({16, 32, 3, 3}));

  EXPECT_THROW(winograd_convolution(torch::randn({4, 4, 16}), weights, torch::zeros({16})), Error);
}

}  // namespace
}  // namespace mote::nn
