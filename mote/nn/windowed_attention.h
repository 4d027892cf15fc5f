#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "mote/core/grid.h"

namespace mote::nn {

struct WindowedAttentionOptions {
  Size map;            ///< tokens are its positions, row by row
  int64_t radius = 7;  ///< each position looks at (2 radius + 1)^2 around itself
  double scale = 1;    ///< of query times key
};

/// Attention of each position of a map to the positions around it: softmax over the window of
/// scale * query . key + bias, times value. Positions outside the map have no weight.
///
/// Yang, Wei and Yang, "Associating Objects with Transformers for Video Object Segmentation",
/// NeurIPS 2021 (arXiv:2106.02638), sec. 3.3 (short-term attention).
///
/// Shapes: query and key (N, T, D), value (N, T, C), bias (N, T, (2 radius + 1)^2) by offset, rows
/// first, from -radius on; T = map.height * map.width -> (N, T, C).
/// Throws kUsage where shapes disagree.
torch::Tensor windowed_attention(const torch::Tensor& query, const torch::Tensor& key,
                                 const torch::Tensor& value, const torch::Tensor& bias,
                                 const WindowedAttentionOptions& options);

/// The same of several values (N, T, C_i), whose results come side by side: (N, T, sum of C_i).
torch::Tensor windowed_attention(const torch::Tensor& query, const torch::Tensor& key,
                                 const std::vector<torch::Tensor>& values,
                                 const torch::Tensor& bias,
                                 const WindowedAttentionOptions& options);

/// The weights of it alone, (N, T, (2 radius + 1)^2), always operator by operator.
torch::Tensor windowed_attention_weights(const torch::Tensor& query, const torch::Tensor& key,
                                         const torch::Tensor& bias,
                                         const WindowedAttentionOptions& options);

}  // namespace mote::nn
