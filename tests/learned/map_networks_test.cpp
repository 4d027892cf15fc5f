#include "mote/learned/map_networks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "mote/core/error.h"
#include "mote/nn/autoencoder.h"
#include "mote/nn/weights.h"

namespace mote::learned {
namespace {

torch::Tensor probability_of(const std::string& model, int64_t side) {
  torch::manual_seed(1);
  const auto network = make_map_network({.model = model}, nullptr, torch::kCPU);
  const torch::InferenceMode inference;
  return network->probability(torch::rand({1, 1, side, side}));
}

TEST(MapNetworks, GiveAProbabilityOfEachPixel) {
  for (const char* model : {"autoencoder", "unet", "swin-unet", "vm-unet", "vm-unet-v2"}) {
    const torch::Tensor probability = probability_of(model, 224);

    EXPECT_EQ(probability.sizes(), (torch::IntArrayRef{1, 224, 224})) << model;
    EXPECT_GE(probability.min().item<float>(), 0) << model;
    EXPECT_LE(probability.max().item<float>(), 1) << model;
    EXPECT_GT(probability.std().item<float>(), 0) << model;
  }
}

TEST(MapNetworks, HaveAsManyClassesAsTheirWeights) {
  nn::Autoencoder four(nn::AutoencoderOptions{.classes = 4});
  four->eval();
  const Weights weights = nn::weights_of(*four);
  const torch::Tensor tile = torch::rand({1, 1, 32, 32});

  const auto network = make_map_network({.model = "autoencoder"}, &weights, torch::kCPU);
  const torch::InferenceMode inference;
  const torch::Tensor probability = network->probability(tile);

  const torch::Tensor expected = 1 - four->forward(tile).softmax(1).select(1, 0);
  EXPECT_TRUE(torch::allclose(probability, expected, 1e-4, 1e-5));
}

TEST(MapNetworks, RefuseTheWeightsOfAnother) {
  nn::Autoencoder plain(nn::AutoencoderOptions{});
  const Weights weights = nn::weights_of(*plain);

  try {
    make_map_network({.model = "unet"}, &weights, torch::kCPU);
    FAIL() << "expected an Error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
    EXPECT_THAT(error.what(), testing::HasSubstr("these are no weights of unet"));
    EXPECT_THAT(error.what(), testing::HasSubstr("of another shape: merge."));
  }
}

TEST(MapNetworks, AreNoneOfAnotherName) {
  EXPECT_EQ(make_map_network({.model = "efficientsam-tiny"}, nullptr, torch::kCPU), nullptr);
}

}  // namespace
}  // namespace mote::learned
