#pragma once

#include <array>
#include <vector>

#include <torch/torch.h>

#include "mote/nn/fused_conv.h"
#include "mote/nn/precision.h"
#include "mote/nn/yolo.h"

namespace mote::nn {

/// A trained YOLOv8-seg for inference: the same answers to rounding, sooner.
///
/// Batch norms are multiplied into the convolutions, biases, additions and SiLU are applied as
/// results are written, and channels lie last throughout. In the prototype branch the transposed
/// convolution and the 3x3 convolution behind it, with nothing between them, become one 2x2
/// convolution for each of the four places of a pixel in its cell: 4/10 of the multiplications.
///
/// It holds copies: the network it was made from can be trained on or saved as before.
/// Not safe to call from two threads at once.
class FusedYolo {
 public:
  explicit FusedYolo(Yolo network, Precision precision = Precision::kFloat32);

  /// Shapes and errors as of YoloImpl::forward; results float32.
  YoloOutput forward(const torch::Tensor& image) const;

  const torch::Tensor& bins() const { return bins_; }

 private:
  struct Block {  // C2f
    FusedConv first_half, second_half, join;
    std::vector<std::array<FusedConv, 2>> bottlenecks;
    bool shortcut = false;
  };
  struct Branch {
    FusedConv first, second, last;
  };
  struct Prototypes {
    FusedConv first;
    std::array<FusedConv, 4> phases;  // of (row, column) within a cell: 00, 01, 10, 11
    FusedConv last;
    torch::Tensor bias, weight, second_bias;  // of the transposed and of the 3x3 convolution
  };

  FusedConv fused(const YoloConv& conv, AddedTensor added = AddedTensor::kNone) const;
  FusedConv fused(const torch::nn::Conv2d& conv) const;
  Block fused(C2f block) const;
  Prototypes fused(YoloPrototypes branch) const;
  std::array<Branch, 3> fused(torch::nn::ModuleList branches) const;

  torch::Tensor run(const Block& block, const torch::Tensor& input) const;
  torch::Tensor pooled(const torch::Tensor& input) const;
  torch::Tensor rows(const std::array<Branch, 3>& branches,
                     const std::array<torch::Tensor, 3>& maps) const;
  torch::Tensor prototypes(const torch::Tensor& map) const;

  Precision precision_;
  int64_t in_channels_;
  torch::Tensor bins_;
  std::array<FusedConv, 7> convs_;  // layers 0, 1, 3, 5, 7, 16, 19
  std::array<Block, 8> blocks_;     // layers 2, 4, 6, 8, 12, 15, 18, 21
  std::array<FusedConv, 2> pool_;
  std::array<Branch, 3> boxes_, classes_, coefficients_;
  Prototypes prototypes_;
  mutable std::array<torch::Tensor, 4> phase_bias_;  // (N, H / 8, W / 8, C) of the last size
};

}  // namespace mote::nn
