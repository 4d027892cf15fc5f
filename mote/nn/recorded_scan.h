#pragma once

#include <torch/torch.h>

namespace mote::nn {

/// Inputs of the recurrence at L positions of N images: G groups of E channels, each with S states.
struct Recurrence {
  torch::Tensor rates;   ///< (L, N, G, E, 1)
  torch::Tensor inputs;  ///< (L, N, G, E, 1), times their rates
  torch::Tensor a;       ///< (G, E, S)
  torch::Tensor b;       ///< (L, N, G, 1, S)
  torch::Tensor c;       ///< (L, N, G, S, 1)
};

/// The selective scan's recurrence as one node of a trace: a call of the function `selective_scan`
/// of TorchScript, where a loop traced position by position would be a graph of millions of nodes.
/// Only while libtorch traces.
///
/// Shapes: -> (L, N, G, E, 1).
torch::Tensor recorded_scan(const Recurrence& in);

}  // namespace mote::nn
