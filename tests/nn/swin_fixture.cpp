#include "tests/nn/swin_fixture.h"

#include <gtest/gtest.h>

namespace mote::golden {
namespace {

torch::Tensor tokens(const torch::Tensor& map) {
  return map.flatten(1, 2);  // (N, H, W, C) -> (N, H * W, C)
}

}  // namespace

nn::SwinUnetOptions swin_options(const Fixture& fixture) {
  const auto& config = fixture.config();
  return {.channels = config.at("embed_dim"),
          .depths = config.at("depths").get<std::vector<int64_t>>(),
          .heads = config.at("num_heads").get<std::vector<int64_t>>(),
          .window = config.at("window_size"),
          .mlp_ratio = config.at("mlp_ratio"),
          .classes = config.at("num_classes")};
}

void expect_swin_stages(const Fixture& fixture, nn::SwinUnet& network) {
  const torch::NoGradGuard no_grad;
  const auto modules = network->named_modules();
  auto* system = modules["swin_unet"]->as<nn::SwinTransformerSys>();
  const auto encoded = system->encode(fixture.input("input"));
  const auto decoded = system->decode(encoded);

  MOTE_EXPECT_GOLDEN(fixture, "patch_embed", tokens(encoded[0]));
  const auto block0 =
      modules["swin_unet.layers.0.blocks.0"]->as<nn::SwinBlock>()->forward(encoded[0]);
  MOTE_EXPECT_GOLDEN(fixture, "l0b0", tokens(block0));
  const auto block1 = modules["swin_unet.layers.0.blocks.1"]->as<nn::SwinBlock>()->forward(block0);
  MOTE_EXPECT_GOLDEN(fixture, "l0b1", tokens(block1));
  MOTE_EXPECT_GOLDEN(fixture, "l0", tokens(encoded[1]));
  MOTE_EXPECT_GOLDEN(fixture, "l1", tokens(encoded[2]));
  MOTE_EXPECT_GOLDEN(fixture, "l2", tokens(encoded[3]));
  MOTE_EXPECT_GOLDEN(fixture, "enc_norm", tokens(encoded[4]));
  MOTE_EXPECT_GOLDEN(fixture, "up0", tokens(decoded[0]));
  MOTE_EXPECT_GOLDEN(fixture, "up1", tokens(decoded[1]));
  MOTE_EXPECT_GOLDEN(fixture, "up2", tokens(decoded[2]));
  MOTE_EXPECT_GOLDEN(fixture, "up3", tokens(decoded[3]));
  const auto norm_up =
      modules["swin_unet.norm_up"]->as<torch::nn::LayerNorm>()->forward(decoded[3]);
  MOTE_EXPECT_GOLDEN(fixture, "norm_up", tokens(norm_up));
  MOTE_EXPECT_GOLDEN(fixture, "final_expand",
                     tokens(modules["swin_unet.up"]->as<nn::PatchExpand>()->forward(norm_up)));
  MOTE_EXPECT_GOLDEN(fixture, "logits", system->classify(decoded[3]));
  MOTE_EXPECT_GOLDEN(fixture, "logits_gray", network(fixture.input("input_gray")));
}

}  // namespace mote::golden
