#pragma once

#include <torch/torch.h>

#include "mote/nn/precision.h"

namespace mote::nn {

struct SamEncoderOptions {
  int64_t image_px = 1024;  ///< side of the square that every image is resized to
  int64_t patch_px = 16;
  int64_t embed_dim = 192;
  int64_t depth = 12;
  int64_t heads = 3;
  int64_t mlp_ratio = 4;
  int64_t pretrain_image_px = 224;  ///< what the position table was trained at
  int64_t out_channels = 256;
  Precision precision = Precision::kFloat32;
};

/// Normalises over the channels of each pixel: layer norm of (N, C, H, W) maps.
class ChannelNormImpl : public torch::nn::Module {
 public:
  explicit ChannelNormImpl(int64_t channels, double eps = 1e-6);
  torch::Tensor forward(const torch::Tensor& map);

 private:
  double eps_;
  torch::Tensor weight_;
  torch::Tensor bias_;
};
TORCH_MODULE(ChannelNorm);

/// Cuts an image into square patches, one embedding each (`proj`).
class SamPatchesImpl : public torch::nn::Module {
 public:
  explicit SamPatchesImpl(const SamEncoderOptions& options);
  torch::Tensor forward(const torch::Tensor& image);

 private:
  torch::nn::Conv2d proj_;
};
TORCH_MODULE(SamPatches);

/// Attention of all tokens to all tokens (`qkv`, `proj`).
class SamAttentionImpl : public torch::nn::Module {
 public:
  explicit SamAttentionImpl(const SamEncoderOptions& options);
  torch::Tensor forward(const torch::Tensor& tokens);

  torch::nn::Linear qkv, proj;

 private:
  int64_t heads_;
};
TORCH_MODULE(SamAttention);

class SamMlpImpl : public torch::nn::Module {
 public:
  explicit SamMlpImpl(const SamEncoderOptions& options);
  torch::Tensor forward(const torch::Tensor& tokens);

  torch::nn::Linear fc1, fc2;
};
TORCH_MODULE(SamMlp);

/// A transformer block that normalises before attention and before its two dense layers.
class SamBlockImpl : public torch::nn::Module {
 public:
  explicit SamBlockImpl(const SamEncoderOptions& options);
  torch::Tensor forward(const torch::Tensor& tokens);

  torch::nn::LayerNorm norm1;
  SamAttention attn;
  torch::nn::LayerNorm norm2;
  SamMlp mlp;
};
TORCH_MODULE(SamBlock);

/// EfficientSAM's image encoder: a plain vision transformer and a convolutional neck.
///
/// Xiong et al., "EfficientSAM: Leveraged Masked Image Pretraining for Efficient Segment Anything",
/// CVPR 2024 (arXiv:2312.00863), sec. 3; the transformer of Dosovitskiy et al., ICLR 2021
/// (arXiv:2010.11929).
///
/// Shapes: image (N, 3, H, W), red, green, blue in [0, 1] -> (N, out_channels, image_px / patch_px,
/// image_px / patch_px).
/// Throws kUsage unless the image has three channels, and for options that do not divide.
class SamEncoderImpl : public torch::nn::Module {
 public:
  explicit SamEncoderImpl(const SamEncoderOptions& options);

  torch::Tensor forward(const torch::Tensor& image);

  /// The steps of forward, one after the other.
  torch::Tensor preprocessed(const torch::Tensor& image) const;  // (N, 3, image_px, image_px)
  torch::Tensor patches(const torch::Tensor& preprocessed);      // (N, embed_dim, h, w)
  torch::Tensor position_table() const;                          // (1, h, w, embed_dim)
  torch::Tensor neck(const torch::Tensor& tokens);               // (N, h w, embed_dim) -> result

  const SamEncoderOptions& options() const { return options_; }
  int64_t grid() const { return options_.image_px / options_.patch_px; }

  SamPatches patch_embed = nullptr;
  torch::nn::ModuleList blocks;

 private:
  SamEncoderOptions options_;
  torch::Tensor pos_embed_;
  torch::nn::Sequential neck_;
};
TORCH_MODULE(SamEncoder);

}  // namespace mote::nn
