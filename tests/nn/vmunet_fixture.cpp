#include "tests/nn/vmunet_fixture.h"

#include <gtest/gtest.h>

namespace mote::golden {

void expect_first_block(const Fixture& fixture, torch::nn::Module& network) {
  const std::string block = "vmunet.layers.0.blocks.0";
  const std::string scan = block + ".self_attention";
  const auto map =
      part<nn::NormedPatchEmbed>(network, "vmunet.patch_embed")->forward(fixture.input("input"));
  MOTE_EXPECT_GOLDEN(fixture, "patch_embed", map);
  const auto normed = part<torch::nn::LayerNorm>(network, block + ".ln_1")->forward(map);
  MOTE_EXPECT_GOLDEN(fixture, "b0_ln1", normed);
  const auto projected = part<torch::nn::Linear>(network, scan + ".in_proj")->forward(normed);
  MOTE_EXPECT_GOLDEN(fixture, "b0_in_proj", projected);
  const auto convolved = part<torch::nn::Conv2d>(network, scan + ".conv2d")
                             ->forward(projected.chunk(2, -1)[0].permute({0, 3, 1, 2}));
  MOTE_EXPECT_GOLDEN(fixture, "b0_conv2d", convolved);
  const auto results = part<nn::Ss2d>(network, scan)->directions(torch::silu(convolved)).unbind(1);
  MOTE_EXPECT_GOLDEN(fixture, "b0_y1", results[0]);
  MOTE_EXPECT_GOLDEN(fixture, "b0_y2", results[2]);
  MOTE_EXPECT_GOLDEN(fixture, "b0_y3", results[1]);
  MOTE_EXPECT_GOLDEN(fixture, "b0_y4", results[3]);
  const auto merged = (results[0] + results[2] + results[1] + results[3])
                          .transpose(1, 2)
                          .unflatten(1, {map.size(1), map.size(2)});
  MOTE_EXPECT_GOLDEN(fixture, "b0_merged", merged);
  MOTE_EXPECT_GOLDEN(fixture, "b0_out_norm",
                     part<torch::nn::LayerNorm>(network, scan + ".out_norm")->forward(merged));
  MOTE_EXPECT_GOLDEN(fixture, "b0_ss2d", part<nn::Ss2d>(network, scan)->forward(normed));
  MOTE_EXPECT_GOLDEN(fixture, "b0", part<nn::VssBlock>(network, block)->forward(map));
}

}  // namespace mote::golden
