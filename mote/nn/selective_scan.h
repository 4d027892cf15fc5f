#pragma once

#include <torch/torch.h>

namespace mote::nn {

/// What a selective scan reads. N images, G groups (directions) of E channels, S states, L
/// positions.
struct ScanInputs {
  torch::Tensor u;           ///< (N, G * E, L)
  torch::Tensor delta;       ///< (N, G * E, L), before its bias and softplus
  torch::Tensor a;           ///< (G * E, S), negative
  torch::Tensor b;           ///< (N, G, S, L), shared by the channels of a group
  torch::Tensor c;           ///< (N, G, S, L), likewise
  torch::Tensor d;           ///< (G * E)
  torch::Tensor delta_bias;  ///< (G * E)
};

struct ScanResult {
  torch::Tensor y;           ///< (N, G * E, L)
  torch::Tensor last_state;  ///< (N, G * E, S)
};

/// The selective scan of a state space model: for each channel with state h, h = 0 at first,
///
///     delta_l = softplus(delta_l + delta_bias)
///     h_l = exp(delta_l A) h_{l-1} + delta_l B_l u_l
///     y_l = C_l . h_l + D u_l
///
/// Gu and Dao, "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", 2023
/// (arXiv:2312.00752), algorithm 2. For float32 on the CPU by the kernels of scan_kernel.h; else by
/// operators, chunk by chunk; where plain_operators(), as a loop of operators over the positions,
/// which a trace holds as one call (recorded_scan.h).
///
/// The last state is for reading on: no gradient flows from it, and a trace has none.
/// Throws kUsage where the shapes disagree.
ScanResult selective_scan(const ScanInputs& inputs);

}  // namespace mote::nn
