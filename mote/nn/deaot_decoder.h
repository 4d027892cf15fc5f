#pragma once

#include <array>
#include <string>

#include <torch/torch.h>

#include "mote/core/grid.h"
#include "mote/nn/deaot_decoder_fast.h"
#include "mote/nn/mobilenet_v2.h"

namespace mote::nn {

struct DeAotDecoderOptions {
  int64_t in_channels = 512;
  int64_t channels = 256;  ///< at stride 16; half of it at strides 8 and 4
  int64_t stride4_channels = 24;
  int64_t stride8_channels = 32;
  int64_t stride16_channels = 96;
  int64_t out_channels = 11;
};

/// What of the features the decoder adds at each stride: the same for all groups of objects.
struct DecoderSkips {
  torch::Tensor stride4;   ///< (N, channels / 2, H, W)
  torch::Tensor stride8;   ///< (N, channels, H / 2, W / 2)
  torch::Tensor stride16;  ///< (N, channels, H / 4, W / 4)
};

/// Convolutions of the decoder before their ReLU: for those who look inside.
struct DecoderProbe {
  torch::Tensor conv_in;
  torch::Tensor conv_16x;
  torch::Tensor conv_8x;
  torch::Tensor conv_4x;
};

/// A convolution, odd in size, and a normalisation by groups of channels.
class ConvGroupNorm {
 public:
  /// Registers `NAME.conv` and `NAME.gn` in `parent`.
  ConvGroupNorm(torch::nn::Module& parent, const std::string& name, int64_t in_channels,
                int64_t out_channels, int64_t kernel_px);

  torch::Tensor operator()(const torch::Tensor& image);

  const ConvGroupNormParts& parts() const { return parts_; }

 private:
  ConvGroupNormParts parts_;
};

/// DeAOT's decoder: a pyramid from stride 16 up to stride 4.
///
/// Lin et al., "Feature Pyramid Networks for Object Detection", CVPR 2017 (arXiv:1612.03144), with
/// the sizes of the published DeAOT.
class DeAotDecoderImpl : public torch::nn::Module {
 public:
  explicit DeAotDecoderImpl(const DeAotDecoderOptions& options);

  DecoderSkips skips(const FeaturePyramid& features);

  /// Shapes: tokens as a map (N, in_channels, H / 4, W / 4) -> logits (N, out_channels, H, W).
  torch::Tensor forward(const torch::Tensor& map, const DecoderSkips& skips,
                        DecoderProbe* probe = nullptr);

 private:
  torch::Tensor plain(const torch::Tensor& map, const DecoderSkips& skips, DecoderProbe* probe);
  torch::Tensor fast(const torch::Tensor& map, const DecoderSkips& skips, DecoderProbe* probe);

  ConvGroupNorm conv_in_;
  ConvGroupNorm conv_16x_;
  ConvGroupNorm conv_8x_;
  ConvGroupNorm conv_4x_;
  torch::nn::Conv2d adapter_16x_;
  torch::nn::Conv2d adapter_8x_;
  torch::nn::Conv2d adapter_4x_;
  torch::nn::Conv2d conv_out_;
  std::array<ReadyConvolution, 3> ready_;  // at strides 16, 8 and 4
};
TORCH_MODULE(DeAotDecoder);

/// A convolution of 1 x 1: one product for all pixels, with channels last in memory, where mote's
/// kernels compute.
torch::Tensor pointwise_convolution(const torch::Tensor& image, torch::nn::Conv2d conv);

/// `image` resized bilinearly, corners on corners.
torch::Tensor resized_by_corners(const torch::Tensor& image, Size size);

}  // namespace mote::nn
