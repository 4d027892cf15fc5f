#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

namespace mote::nn {

struct AutoencoderOptions {
  int64_t in_channels = 1;
  int64_t classes = 1;
  std::vector<int64_t> channels = {32, 64, 128, 256, 512};  ///< by stage, the innermost last
  bool skips = false;  ///< hand the features of the way down to the way up, which makes it a U-Net
};

/// Twice a 3 x 3 convolution, batch norm and ReLU.
///
/// Shapes: (N, in_channels, H, W) -> (N, out_channels, H, W).
class ConvPairImpl : public torch::nn::Module {
 public:
  ConvPairImpl(int64_t in_channels, int64_t out_channels);
  torch::Tensor forward(const torch::Tensor& map);

 private:
  torch::nn::Conv2d conv1_;
  torch::nn::BatchNorm2d norm1_;
  torch::nn::Conv2d conv2_;
  torch::nn::BatchNorm2d norm2_;
};
TORCH_MODULE(ConvPair);

/// A plain convolutional autoencoder that segments, and the same network with skip connections: the
/// pair shows what skips are worth.
///
/// Hinton and Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks", Science
/// 313, 504 (2006); with skips Ronneberger et al., "U-Net: Convolutional Networks for Biomedical
/// Image Segmentation", MICCAI 2015 (arXiv:1505.04597), here with padded convolutions and batch
/// norm. Each stage halves the resolution by the maximum of 2 x 2; the way up is by transposed
/// convolutions.
///
/// Shapes: image (N, in_channels, H, W) -> logits (N, classes, H, W).
/// Throws kUsage unless H and W are multiples of 16 (of 2 to the number of stages less one).
class AutoencoderImpl : public torch::nn::Module {
 public:
  explicit AutoencoderImpl(const AutoencoderOptions& options);
  torch::Tensor forward(const torch::Tensor& image);

  const AutoencoderOptions& options() const { return options_; }

 private:
  AutoencoderOptions options_;
  torch::nn::ModuleList down_;   // a ConvPair for each stage
  torch::nn::ModuleList up_;     // the transposed convolutions, the innermost first
  torch::nn::ModuleList merge_;  // a ConvPair after each
  torch::nn::Conv2d head_;
};
TORCH_MODULE(Autoencoder);

}  // namespace mote::nn
