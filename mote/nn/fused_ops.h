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

/// Layer norm of the tokens in another order. Shapes: map (N, ..., C) of T tokens, order (T) int64
/// -> (N, T, C), token i of which was token order[i].
torch::Tensor normed_in_order(const torch::Tensor& map, const torch::nn::LayerNorm& norm,
                              const torch::Tensor& order);

/// What goes on after an attention in another order of the tokens.
struct AddedNorm {
  torch::Tensor sum;     ///< map + added, + later_bias, like map
  torch::Tensor normed;  ///< layer norm of map + added, like map
};

/// Adds tokens in the order of `normed_in_order`, and takes the norm of the sum, in one pass.
/// Shapes: map (N, ..., C), added (N, T, C) without its bias, order (T), biases (C).
AddedNorm add_and_norm(const torch::Tensor& map, const torch::Tensor& added,
                       const torch::Tensor& added_bias, const torch::Tensor& order,
                       const torch::nn::LayerNorm& norm, const torch::Tensor& later_bias);

/// GELU(linear layer).
torch::Tensor linear_gelu(const torch::Tensor& tokens, const torch::nn::Linear& layer);

}  // namespace mote::nn
