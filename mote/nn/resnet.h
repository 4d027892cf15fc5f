#pragma once

#include <optional>
#include <vector>

#include <torch/torch.h>

#include "mote/nn/mobilenet_v2.h"

namespace mote::nn {

/// Narrows to fewer channels, filters, and widens again, beside a shortcut.
class Bottleneck {
 public:
  struct Options {
    int64_t in_channels = 0;
    int64_t channels = 0;  ///< of the filter; four times as many come out
    int64_t stride = 1;
    bool projects = false;  ///< the shortcut is a convolution too
  };

  /// Registers its modules in `holder`.
  Bottleneck(torch::nn::Module& holder, const Options& options);

  torch::Tensor operator()(const torch::Tensor& image);

 private:
  std::vector<ConvNorm> convs_;
  std::optional<ConvNorm> shortcut_;
};

/// ResNet-50 with frozen batch normalisations and without its last stage, as R50-DeAOT-L uses it;
/// strides lie in the 3x3 convolutions.
///
/// He et al., "Deep Residual Learning for Image Recognition", CVPR 2016 (arXiv:1512.03385).
///
/// Shapes: image (N, 3, H, W) -> 256, 512, 1024 channels, and the last again.
class ResNet50Impl : public torch::nn::Module {
 public:
  ResNet50Impl();

  FeaturePyramid forward(const torch::Tensor& image);

 private:
  ConvNorm stem_;
  std::vector<std::vector<Bottleneck>> stages_;
};
TORCH_MODULE(ResNet50);

}  // namespace mote::nn
