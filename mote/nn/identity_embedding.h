#pragma once

#include <torch/torch.h>

namespace mote::nn {

/// The convolution of one-hot label images that DeAOT embeds identities by, without the one-hot
/// images: along a row, neighbours of one label take the difference of two sums that were added up
/// beforehand.
class IdentityEmbedding {
 public:
  /// `bank`: odd in size, with a padding of half of it.
  explicit IdentityEmbedding(torch::nn::Conv2d bank) : bank_(std::move(bank)) {}

  /// Shapes: labels (N, H, W) int64, in range, on the CPU -> (N, T, channels) by rows of positions.
  torch::Tensor operator()(const torch::Tensor& labels);

 private:
  torch::nn::Conv2d bank_;
  torch::Tensor sums_;  // (labels, k, k + 1, channels): of the first 0 to k columns
  int64_t version_ = -1;
};

}  // namespace mote::nn
