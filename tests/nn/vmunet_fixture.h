#pragma once

#include <string>

#include "mote/nn/vmunet.h"
#include "tests/nn/golden.h"

namespace mote::golden {

inline nn::VssEncoderOptions encoder_options(const Fixture& fixture) {
  const auto& config = fixture.config();
  return {.channels = config.at("dims").get<std::vector<int64_t>>(),
          .depths = config.at("depths").get<std::vector<int64_t>>(),
          .states = config.at("d_state")};
}

inline nn::VmUnetOptions vmunet_options(const Fixture& fixture) {
  const auto& config = fixture.config();
  return {.encoder = encoder_options(fixture),
          .decoder_depths = config.at("depths_decoder").get<std::vector<int64_t>>(),
          .classes = config.at("num_classes")};
}

/// A part of a network by the name that it has in checkpoints.
template <typename Holder>
auto* part(torch::nn::Module& network, const std::string& name) {
  return network.named_modules()[name]->as<Holder>();
}

/// The first block step by step, which tells where its 2-D scan goes wrong.
void expect_first_block(const Fixture& fixture, torch::nn::Module& network);

}  // namespace mote::golden
