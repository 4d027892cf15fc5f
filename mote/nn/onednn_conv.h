#pragma once

#include <memory>

#include <torch/torch.h>

#include "mote/nn/fused_conv.h"

namespace mote::nn {

/// A FusedConv as oneDNN computes it; nothing where mote is built without oneDNN.
std::shared_ptr<OneDnnConv> make_onednn_conv(const torch::Tensor& weight, const torch::Tensor& bias,
                                             const FusedConvOptions& options);

/// Computes `result` (N, H', W', O) of `input` (N, H, W, C) and `added`, all contiguous. Throws
/// bad_alloc where memory does not suffice, runtime_error where oneDNN cannot compute it.
void run_onednn_conv(OneDnnConv& conv, const torch::Tensor& input, const torch::Tensor& added,
                     const torch::Tensor& result);

}  // namespace mote::nn
