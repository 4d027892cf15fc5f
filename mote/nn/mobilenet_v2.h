#pragma once

#include <vector>

#include <torch/torch.h>

#include "mote/nn/frozen_norm.h"

namespace mote::nn {

/// An image as a pyramid of features at strides 4, 8 and 16. `last` is what the last stage makes of
/// the one before, at stride 16 too; a network without such a stage has the same tensor twice.
struct FeaturePyramid {
  torch::Tensor stride4;
  torch::Tensor stride8;
  torch::Tensor stride16;
  torch::Tensor last;
};

/// Expands to more channels, filters each by itself, and projects back.
class InvertedResidual {
 public:
  struct Options {
    int64_t in_channels = 0;
    int64_t out_channels = 0;
    int64_t stride = 1;
    int64_t dilation = 1;
    int64_t expansion = 6;
  };

  /// Registers its modules in `holder`.
  InvertedResidual(torch::nn::Module& holder, const Options& options);

  torch::Tensor operator()(const torch::Tensor& image);

 private:
  std::vector<ConvNorm> convs_;
};

/// MobileNetV2 with frozen batch normalisations, dilated after stride 16 in place of a further
/// stride, as DeAOT-T uses it.
///
/// Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018
/// (arXiv:1801.04381).
///
/// Shapes: image (N, 3, H, W) -> 24, 32, 96 and 1280 channels.
class MobileNetV2Impl : public torch::nn::Module {
 public:
  MobileNetV2Impl();

  FeaturePyramid forward(const torch::Tensor& image);

 private:
  std::vector<ConvNorm> ends_;  // the first and the last convolution
  std::vector<InvertedResidual> blocks_;
};
TORCH_MODULE(MobileNetV2);

}  // namespace mote::nn
