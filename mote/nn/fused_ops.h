#pragma once

#include <torch/torch.h>

namespace mote::nn {

/// Whether the operations of this header stand in for libtorch's: for float32 on the CPU, where no
/// gradients are asked for and plain_operators() is not. Throughout, channels come last.
bool fuses(const torch::Tensor& tensor);

/// SiLU(depthwise 3 x 3 convolution + bias), the map continued by zeros.
/// Shapes: (N, H, W, C), a slice of wider rows or not -> (N, H, W, C).
torch::Tensor depthwise_silu(const torch::Tensor& map, const torch::nn::Conv2d& convolution);

/// Layer norm over the last dimension.
torch::Tensor normed(const torch::Tensor& map, const torch::nn::LayerNorm& norm);

/// Layer norm over the last dimension, times SiLU(gate).
/// Shapes: map (N, H, W, C), gate the same, a slice of wider rows or not.
torch::Tensor gated_norm(const torch::Tensor& map, const torch::nn::LayerNorm& norm,
                         const torch::Tensor& gate);

}  // namespace mote::nn
