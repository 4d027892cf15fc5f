#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <torch/torch.h>

#include "mote/nn/precision.h"
#include "mote/nn/sam_fast_encoder.h"

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
  explicit ChannelNormImpl(int64_t channels, double epsilon = 1e-6);
  torch::Tensor forward(const torch::Tensor& map);

  double eps;
  torch::Tensor weight, bias;
};
TORCH_MODULE(ChannelNorm);

/// Cuts an image into square patches, one embedding each (`proj`).
class SamPatchesImpl : public torch::nn::Module {
 public:
  explicit SamPatchesImpl(const SamEncoderOptions& options);
  torch::Tensor forward(const torch::Tensor& image);

  torch::nn::Conv2d proj;
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

/// Convolutions of 1x1 and 3x3 pixels, each with a norm over the channels (`0` to `3`).
class SamNeckImpl : public torch::nn::Module {
 public:
  explicit SamNeckImpl(const SamEncoderOptions& options);
  torch::Tensor forward(const torch::Tensor& map);

  torch::nn::Conv2d conv1;
  ChannelNorm norm1;
  torch::nn::Conv2d conv2;
  ChannelNorm norm2;
};
TORCH_MODULE(SamNeck);

/// EfficientSAM's image encoder: a plain vision transformer and a convolutional neck.
///
/// Xiong et al., "EfficientSAM: Leveraged Masked Image Pretraining for Efficient Segment Anything",
/// CVPR 2024 (arXiv:2312.00863), sec. 3; the transformer of Dosovitskiy et al., ICLR 2021
/// (arXiv:2010.11929).
///
/// Shapes: image (N, 3, H, W), red, green, blue in [0, 1] -> (N, out_channels, image_px / patch_px,
/// image_px / patch_px).
///
/// Without gradients, float32 images on the CPU are encoded by SamFastEncoder, in the options'
/// precision; training and the plain form compute in float32.
/// Throws kUsage unless the image has three channels, and for options that do not divide;
/// kUnsupported for bfloat16 on a device or processor that mote has no kernels for.
class SamEncoderImpl : public torch::nn::Module {
 public:
  explicit SamEncoderImpl(const SamEncoderOptions& options);

  torch::Tensor forward(const torch::Tensor& image);

  /// The steps of forward, one after the other.
  torch::Tensor preprocessed(const torch::Tensor& image) const;  // (N, 3, image_px, image_px)
  torch::Tensor patches(const torch::Tensor& preprocessed);      // (N, embed_dim, h, w)
  torch::Tensor position_table() const;                          // (1, h, w, embed_dim)
  torch::Tensor through_neck(const torch::Tensor& tokens);       // (N, h w, embed_dim) -> result

  const SamEncoderOptions& options() const { return options_; }
  int64_t grid() const { return options_.image_px / options_.patch_px; }

  SamPatches patch_embed = nullptr;
  torch::nn::ModuleList blocks;
  SamNeck neck = nullptr;

 private:
  torch::Tensor resized(const torch::Tensor& image) const;
  std::shared_ptr<const SamFastEncoder> fast();

  SamEncoderOptions options_;
  torch::Tensor pos_embed_;
  std::mutex packing_;
  std::shared_ptr<const SamFastEncoder> fast_;
  std::vector<std::pair<const void*, int64_t>> packed_from_;  // the weights that `fast_` holds
};
TORCH_MODULE(SamEncoder);

}  // namespace mote::nn
