#pragma once

#include <torch/torch.h>

#include "mote/core/grid.h"

namespace mote::nn {

/// Tokens times a gate, each channel then filtered by itself over the map that the tokens are, with
/// zeros around. A gate of fewer channels is 1 for the rest.
///
/// Shapes: tokens (N, T, C), gate (N, T, up to C), weight (C, 1, k, k) with k odd,
/// T = map.height * map.width -> (N, T, C).
torch::Tensor gated_filter(const torch::Tensor& tokens, const torch::Tensor& gate,
                           const torch::Tensor& weight, Size map);

}  // namespace mote::nn
