#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "mote/nn/swin_blocks.h"

namespace mote::nn {

/// The sizes are the published ones; `classes` is 3 in the paper that mote follows.
struct SwinUnetOptions {
  int64_t channels = 96;  ///< of the patch embedding, doubled with every stage
  std::vector<int64_t> depths = {2, 2, 2, 2};
  std::vector<int64_t> heads = {3, 6, 12, 24};
  int64_t window = 7;
  double mlp_ratio = 4;
  int64_t classes = 9;
};

/// One stage of the encoder: blocks, every second one with shifted windows, then a PatchMerging in
/// all stages but the last.
class SwinStageImpl : public torch::nn::Module {
 public:
  SwinStageImpl(const SwinUnetOptions& options, size_t stage);
  torch::Tensor forward(const torch::Tensor& map);

 private:
  torch::nn::ModuleList blocks_;
  PatchMerging downsample_ = nullptr;
};
TORCH_MODULE(SwinStage);

/// One stage of the decoder: blocks, then a PatchExpand in all stages but the last.
class SwinUpStageImpl : public torch::nn::Module {
 public:
  SwinUpStageImpl(const SwinUnetOptions& options, size_t stage);
  torch::Tensor forward(const torch::Tensor& map);

 private:
  torch::nn::ModuleList blocks_;
  PatchExpand upsample_ = nullptr;
};
TORCH_MODULE(SwinUpStage);

/// Encoder and decoder of Swin-UNet; in checkpoints all but the outermost name.
class SwinTransformerSysImpl : public torch::nn::Module {
 public:
  explicit SwinTransformerSysImpl(const SwinUnetOptions& options);

  /// The inputs of the stages, the patch embedding first, and the normalised output of the last.
  std::vector<torch::Tensor> encode(const torch::Tensor& image);

  /// What each step of the decoder hands on, from all that `encode` returns.
  std::vector<torch::Tensor> decode(const std::vector<torch::Tensor>& features);

  /// Shapes: (N, H / 4, W / 4, channels) -> logits (N, classes, H, W).
  torch::Tensor classify(const torch::Tensor& map);

 private:
  NormedPatchEmbed patch_embed_;
  torch::nn::ModuleList layers_;
  torch::nn::ModuleList layers_up_;
  torch::nn::ModuleList concat_back_dim_;
  torch::nn::LayerNorm norm_;
  torch::nn::LayerNorm norm_up_;
  PatchExpand up_;
  torch::nn::Conv2d output_;
};
TORCH_MODULE(SwinTransformerSys);

/// A U-shaped network of Swin transformer blocks.
///
/// Cao et al., "Swin-Unet: Unet-like Pure Transformer for Medical Image Segmentation", ECCV
/// workshops 2022 (arXiv:2105.05537). As in the published code the decoder has the depths of the
/// encoder.
///
/// Shapes: image (N, 1 or 3, H, W) -> logits (N, classes, H, W).
/// Throws kUsage unless H and W are multiples of 32 windows, 224 px as published.
class SwinUnetImpl : public torch::nn::Module {
 public:
  explicit SwinUnetImpl(const SwinUnetOptions& options);
  torch::Tensor forward(const torch::Tensor& image);

 private:
  SwinUnetOptions options_;
  SwinTransformerSys swin_unet_;
};
TORCH_MODULE(SwinUnet);

}  // namespace mote::nn
