#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "mote/nn/vss_encoder.h"

namespace mote::nn {

/// Weights of the channels of a map from its means and maxima over the positions.
///
/// Woo et al., "CBAM: Convolutional Block Attention Module", ECCV 2018 (arXiv:1807.06521),
/// sec. 3.1.
///
/// Shapes: (N, C, H, W) -> (N, C, 1, 1), between 0 and 1.
class ChannelAttentionImpl : public torch::nn::Module {
 public:
  explicit ChannelAttentionImpl(int64_t channels);
  torch::Tensor forward(const torch::Tensor& map);

 private:
  torch::nn::Conv2d fc1_;
  torch::nn::Conv2d fc2_;
};
TORCH_MODULE(ChannelAttention);

/// Weights of the positions of a map from its means and maxima over the channels (ibid., sec. 3.2).
///
/// Shapes: (N, C, H, W) -> (N, 1, H, W), between 0 and 1.
class SpatialAttentionImpl : public torch::nn::Module {
 public:
  SpatialAttentionImpl();
  torch::Tensor forward(const torch::Tensor& map);

 private:
  torch::nn::Conv2d conv1_;
};
TORCH_MODULE(SpatialAttention);

/// Reduces a map to fewer channels: 1 x 1 convolution and batch norm.
///
/// Shapes: (N, in_channels, H, W) -> (N, out_channels, H, W).
class ReduceChannelsImpl : public torch::nn::Module {
 public:
  ReduceChannelsImpl(int64_t in_channels, int64_t out_channels);
  torch::Tensor forward(const torch::Tensor& map);

 private:
  torch::nn::Conv2d conv_;
  torch::nn::BatchNorm2d bn_;
};
TORCH_MODULE(ReduceChannels);

/// Joins maps of several scales by multiplication: each is brought to one size and convolved.
///
/// Peng et al., "U-Net v2: Rethinking the Skip Connections of U-Net for Medical Image
/// Segmentation", 2023 (arXiv:2311.17791), sec. 2.3.
///
/// Shapes: `scales` of (N, channels, h, w) each -> (N, channels, H, W) of the one numbered
/// `target`.
class SemanticsInfusionImpl : public torch::nn::Module {
 public:
  SemanticsInfusionImpl(int64_t channels, int64_t scales);
  torch::Tensor forward(const std::vector<torch::Tensor>& maps, size_t target);

 private:
  torch::nn::ModuleList convs_;
};
TORCH_MODULE(SemanticsInfusion);

struct VmUnetV2Options {
  VssEncoderOptions encoder = {.depths = {2, 2, 9, 2}};
  int64_t mid_channels = 48;  ///< half of the encoder's first width, as published
  int64_t classes = 1;
  bool deep_supervision = true;  ///< the second finest head joins in the result
};

/// VM-UNet's encoder with attention on its features, which are joined across the scales.
///
/// Zhang et al., "VM-UNET-V2: Rethinking Vision Mamba UNet for Medical Image Segmentation", ISBRA
/// 2024 (arXiv:2403.09157). The published code resizes to squares and computes the last stage of
/// the encoder without using it; here images need not be square, and that stage only holds its
/// weights.
///
/// Shapes: image (N, 1 or 3, H, W) -> (N, classes, H, W): probabilities with deep supervision or
/// one class, else logits. Throws kUsage unless H and W are multiples of 32, or for more than one
/// class with deep supervision.
class VmUnetV2Impl : public torch::nn::Module {
 public:
  explicit VmUnetV2Impl(const VmUnetV2Options& options);
  torch::Tensor forward(const torch::Tensor& image);

 private:
  torch::Tensor reduced(size_t scale, const torch::Tensor& map);

  VmUnetV2Options options_;
  std::vector<ChannelAttention> channel_attention_;
  std::vector<SpatialAttention> spatial_attention_;
  std::vector<ReduceChannels> reduce_;
  std::vector<SemanticsInfusion> infuse_;
  torch::nn::ModuleList seg_outs_;
  std::vector<torch::nn::ConvTranspose2d> deconv_;  // deconv2 to deconv5, which is never used
  torch::nn::ConvTranspose2d deconv6_ = nullptr;
  std::shared_ptr<VssEncoderImpl> vmunet_;
};
TORCH_MODULE(VmUnetV2);

}  // namespace mote::nn
