#pragma once

#include <cstdint>

#include <torch/torch.h>

namespace mote::nn {

/// The image as three channels: one of a single channel is repeated, as the published networks do.
/// Throws kUsage unless `image` is (N, 1 or 3, H, W).
torch::Tensor three_channels(const torch::Tensor& image);

/// Cuts an image into square patches, projects each to one token, and normalises the tokens.
///
/// Shapes: image (N, in_channels, H, W) -> (N, H / patch_px, W / patch_px, channels).
class NormedPatchEmbedImpl : public torch::nn::Module {
 public:
  NormedPatchEmbedImpl(int64_t in_channels, int64_t channels, int64_t patch_px);
  torch::Tensor forward(const torch::Tensor& image);

 private:
  torch::nn::Conv2d proj_;
  torch::nn::LayerNorm norm_;
};
TORCH_MODULE(NormedPatchEmbed);

/// Joins 2 x 2 neighbours to one token of twice the width.
///
/// Liu et al., "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", ICCV 2021
/// (arXiv:2103.14030), sec. 3.1. The neighbours follow each other as (row, column) (0, 0), (1, 0),
/// (0, 1), (1, 1).
///
/// Shapes: (N, H, W, C) -> (N, H / 2, W / 2, 2 C).
/// Throws kUsage unless H and W are even.
class PatchMergingImpl : public torch::nn::Module {
 public:
  explicit PatchMergingImpl(int64_t channels);
  torch::Tensor forward(const torch::Tensor& map);

 private:
  torch::nn::Linear reduction_;
  torch::nn::LayerNorm norm_;
};
TORCH_MODULE(PatchMerging);

struct PatchExpandOptions {
  int64_t channels = 96;
  int64_t out_channels = 48;
  int64_t factor = 2;
};

/// Makes each token to factor x factor tokens: the way back from PatchMerging.
///
/// Cao et al., "Swin-Unet: Unet-like Pure Transformer for Medical Image Segmentation", ECCV
/// workshops 2022 (arXiv:2105.05537), sec. 3.4.
///
/// Shapes: (N, H, W, channels) -> (N, factor H, factor W, out_channels).
class PatchExpandImpl : public torch::nn::Module {
 public:
  explicit PatchExpandImpl(const PatchExpandOptions& options);
  torch::Tensor forward(const torch::Tensor& map);

  /// The maps that a convolution of one pixel makes of the new tokens. Where the operations of
  /// fused_ops.h stand in for libtorch's, some tokens at a time go all of the way in a thread's
  /// cache, and the expanded map, of as many channels as `map`, never exists.
  ///
  /// Shapes: (N, H, W, channels) -> (N, convolution's channels, factor H, factor W).
  torch::Tensor convolved(const torch::Tensor& map, torch::nn::Conv2d& convolution);

 private:
  torch::Tensor convolved_in_cache(const torch::Tensor& map,
                                   const torch::nn::Conv2d& convolution) const;

  PatchExpandOptions options_;
  torch::nn::Linear expand_;
  torch::nn::LayerNorm norm_;
};
TORCH_MODULE(PatchExpand);

/// Sets the weights of all Linear layers of `network` to normal numbers of deviation 0.02 and their
/// biases to 0, as the published networks begin their training.
void init_linears(torch::nn::Module& network);

}  // namespace mote::nn
