#include "mote/nn/weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "tests/nn/golden.h"

namespace mote::nn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SmallImpl : public torch::nn::Module {
 public:
  SmallImpl()
      : conv_(register_module("conv", torch::nn::Conv2d(1, 2, 3))),
        norm_(register_module("norm", torch::nn::BatchNorm2d(2))) {}

 private:
  torch::nn::Conv2d conv_;
  torch::nn::BatchNorm2d norm_;
};
TORCH_MODULE(Small);

TEST(NetworkWeights, ComeBackAsTheyWereStored) {
  Small from;
  Small to;

  const WeightsMismatch mismatch = load(weights_of(*from), *to);

  EXPECT_TRUE(mismatch.empty());
  EXPECT_TRUE(torch::equal(from->parameters()[0], to->parameters()[0]));
}

TEST(NetworkWeights, ListWhatIsMissingUnexpectedAndMisshaped) {
  Small network;
  Weights weights = weights_of(*network);
  weights.tensors[0].name = "module.conv.weight";
  weights.tensors[1].shape = {1, 2};

  const WeightsMismatch mismatch = load(weights, *network);

  EXPECT_THAT(mismatch.missing, ElementsAre("conv.weight"));
  EXPECT_THAT(mismatch.unexpected, ElementsAre("module.conv.weight"));
  EXPECT_THAT(mismatch.misshaped, ElementsAre("conv.bias: the file has [1, 2], the network [2]"));
}

TEST(NetworkWeights, MayLackTheCountOfTrainingSteps) {
  Small network;
  Weights weights = weights_of(*network);
  ASSERT_EQ(weights.tensors.back().name, "norm.num_batches_tracked");
  weights.tensors.pop_back();

  const WeightsMismatch mismatch = load(weights, *network);

  EXPECT_THAT(mismatch.missing, IsEmpty());
}

TEST(NetworkWeights, MayHoldWhatFollowsFromTheSizeOfTheInput) {
  Small network;
  Weights weights = weights_of(*network);
  weights.tensors.push_back({.name = "layers.0.blocks.1.attn_mask", .shape = {64, 49, 49}});
  weights.tensors.push_back({.name = "blocks.0.attn.relative_position_index", .shape = {49, 49}});

  const WeightsMismatch mismatch = load(weights, *network);

  EXPECT_TRUE(mismatch.empty());
}

TEST(NetworkWeights, StoredInHalfPrecisionAreComputedInSingle) {
  Small network;
  const torch::Tensor half = torch::full({2}, 0.5, torch::kFloat16);
  const Weights weights = {
      .tensors = {{.name = "conv.bias",
                   .type = ScalarType::kFloat16,
                   .shape = {2},
                   .bytes = {static_cast<const std::byte*>(half.data_ptr()), half.nbytes()}}}};

  load(weights, *network);

  const torch::Tensor bias = network->named_parameters()["conv.bias"];
  EXPECT_EQ(bias.scalar_type(), torch::kFloat32);
  EXPECT_EQ(bias[1].item<float>(), 0.5F);
}

TEST(NetworkWeights, RefuseATensorWithoutTheBytesOfItsShape) {
  const std::vector<std::byte> bytes(8);

  EXPECT_THROW(to_tensor({.name = "t", .shape = {3}, .bytes = bytes}), Error);
}

// The test vectors of the fixtures' description.
TEST(GoldenFormula, GivesTheNumbersOfItsDescription) {
  const torch::Tensor input = golden::by_rule("uniform01", "input", {3});
  const torch::Tensor kernel =
      golden::by_rule("linear", "image_encoder.patch_embed.proj.weight", {192, 3, 16, 16});

  EXPECT_EQ(input[0].item<float>(), 0.09781834483146667F);
  EXPECT_EQ(input[2].item<float>(), 0.574084460735321F);
  EXPECT_EQ(kernel.flatten()[0].item<float>(), -0.04914028197526932F);
}

}  // namespace
}  // namespace mote::nn
