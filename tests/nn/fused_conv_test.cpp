#include "mote/nn/fused_conv.h"

#include <functional>
#include <thread>

#include <gtest/gtest.h>

#include "mote/nn/plain.h"
#include "mote/nn/threads.h"

namespace mote::nn {
namespace {

/// A convolution of random weights and input, (2, 15, 17, 32), and what is added to its result.
struct Case {
  int64_t out = 48;
  int64_t kernel = 3;
  FusedConvOptions options;
};

torch::Tensor convolved(const Case& of, bool plainly) {
  torch::manual_seed(1);
  const torch::Tensor image = torch::randn({2, 15, 17, 32});
  const FusedConv conv(torch::randn({of.out, 32 / of.options.groups, of.kernel, of.kernel}),
                       torch::randn({of.out}), of.options);
  const torch::Tensor added =
      of.options.added == AddedTensor::kNone ? torch::Tensor() : torch::randn({2, 15, 17, of.out});
  if (plainly) {
    const PlainOperators plain;
    return conv(image, added);
  }
  return conv(image, added);
}

void expect_fused(const Case& of) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor expected = convolved(of, true);

  const torch::Tensor result = convolved(of, false);

  ASSERT_EQ(result.sizes(), expected.sizes());
  const double error = ((result - expected).abs().max() / expected.abs().max()).item<double>();
  EXPECT_LE(error, 1e-5);
}

TEST(FusedConv, AppliesEveryActivation) {
  for (const Activation activation :
       {Activation::kNone, Activation::kSilu, Activation::kRelu, Activation::kRelu6}) {
    expect_fused({.kernel = 1, .options = {.activation = activation}});
  }
}

TEST(FusedConv, AddsATensorBeforeOrAfterTheActivation) {
  for (const AddedTensor added : {AddedTensor::kBeforeActivation, AddedTensor::kAfterActivation}) {
    expect_fused({.kernel = 1, .options = {.activation = Activation::kRelu6, .added = added}});
  }
}

TEST(FusedConv, FiltersEachChannelByItself) {
  const ConvPadding pad = {.top = 1, .left = 1, .bottom = 1, .right = 1};
  expect_fused(
      {.out = 32,
       .options = {.stride = 2, .groups = 32, .padding = pad, .activation = Activation::kRelu6}});
}

TEST(FusedConv, LeavesOutPixelsBetweenItsTaps) {
  const ConvPadding pad = {.top = 2, .left = 2, .bottom = 2, .right = 2};
  for (const int64_t groups : {1, 32}) {
    expect_fused({.out = 32, .options = {.dilation = 2, .groups = groups, .padding = pad}});
  }
}

// Of stride 1 by Winograd's algorithm where oneDNN has it, of stride 2 directly.
TEST(FusedConv, RunsInAnotherThreadThanBefore) {
  for (const int64_t stride : {1, 2}) {
    torch::manual_seed(1);
    const ConvPadding pad = {.top = 1, .left = 1, .bottom = 1, .right = 1};
    const FusedConv conv(torch::randn({64, 64, 3, 3}), torch::randn({64}),
                         {.stride = stride, .padding = pad});
    const torch::Tensor image = torch::randn({1, 80, 80, 64});
    torch::Tensor first;
    torch::Tensor second;
    const auto run = [&](torch::Tensor& result) {
      const torch::NoGradGuard no_grad;
      set_threads(1);
      result = conv(image);
    };

    std::thread(run, std::ref(first)).join();
    std::thread(run, std::ref(second)).join();

    EXPECT_TRUE(torch::equal(first, second)) << stride;
  }
}

}  // namespace
}  // namespace mote::nn
