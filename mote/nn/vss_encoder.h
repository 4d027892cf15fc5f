#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "mote/nn/patches.h"
#include "mote/nn/ss2d.h"

namespace mote::nn {

/// A visual state space block: x + SS2D(layer norm of x). Liu et al. 2024 (arXiv:2401.10166).
///
/// Shapes: (N, H, W, channels) -> (N, H, W, channels).
class VssBlockImpl : public torch::nn::Module {
 public:
  VssBlockImpl(int64_t channels, int64_t states);
  torch::Tensor forward(const torch::Tensor& map);

 private:
  torch::nn::LayerNorm ln_1_;
  Ss2d self_attention_;
};
TORCH_MODULE(VssBlock);

/// Blocks of one width, as the networks name them.
torch::nn::ModuleList vss_blocks(int64_t count, int64_t channels, int64_t states);

/// All modules of a list after each other.
torch::Tensor run_vss_blocks(const torch::nn::ModuleList& blocks, torch::Tensor map);

/// One stage of the encoder: blocks, then a PatchMerging in all stages but the last.
class VssStageImpl : public torch::nn::Module {
 public:
  VssStageImpl(int64_t count, int64_t channels, int64_t states, bool merges);
  torch::Tensor forward(const torch::Tensor& map);

 private:
  torch::nn::ModuleList blocks_;
  PatchMerging downsample_ = nullptr;
};
TORCH_MODULE(VssStage);

struct VssEncoderOptions {
  std::vector<int64_t> channels = {96, 192, 384, 768};
  std::vector<int64_t> depths = {2, 2, 2, 2};
  int64_t states = 16;
};

/// The encoder that VM-UNet and VM-UNetV2 share.
///
/// Shapes: image (N, 3, H, W) -> the patch embedding (N, H / 4, W / 4, channels[0]), then what each
/// stage hands on: (N, H / 8, W / 8, channels[1]), ..., and twice 1/32 of the image at last.
/// Throws kUsage unless H and W are multiples of 32.
class VssEncoderImpl : public torch::nn::Module {
 public:
  explicit VssEncoderImpl(const VssEncoderOptions& options);

  /// As far as the first `stages` stages: one map more comes back.
  std::vector<torch::Tensor> encode(const torch::Tensor& image, size_t stages);

 private:
  NormedPatchEmbed patch_embed_;
  torch::nn::ModuleList layers_;
};

}  // namespace mote::nn
