#pragma once

#include <functional>

#include <torch/torch.h>

#include "tests/nn/golden.h"

namespace mote::golden {

/// Computes the loss (bce + dice) of the fixture's `input` against its `target` in training mode,
/// and expects loss and gradients to be the published ones: the sum of squares of each to a part in
/// a thousand, and none where the fixture has none. `predict` gives probabilities.
void expect_gradients(const Fixture& fixture, torch::nn::Module& network,
                      const std::function<torch::Tensor(const torch::Tensor&)>& predict);

}  // namespace mote::golden
