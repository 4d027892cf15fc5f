#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "mote/nn/vss_encoder.h"

namespace mote::nn {

/// The sizes are the published ones; `classes` is 3 in the paper that mote follows.
struct VmUnetOptions {
  VssEncoderOptions encoder;
  std::vector<int64_t> decoder_depths = {2, 2, 2, 1};
  int64_t classes = 1;
};

/// One stage of the decoder: a PatchExpand in all stages but the first, then blocks.
class VssUpStageImpl : public torch::nn::Module {
 public:
  VssUpStageImpl(int64_t count, int64_t channels, int64_t states, bool expands);
  torch::Tensor forward(const torch::Tensor& map);

 private:
  torch::nn::ModuleList blocks_;
  PatchExpand upsample_ = nullptr;
};
TORCH_MODULE(VssUpStage);

/// Encoder and decoder of VM-UNet; in checkpoints all but the outermost name.
class VssmImpl : public VssEncoderImpl {
 public:
  explicit VssmImpl(const VmUnetOptions& options);

  /// What each stage of the decoder hands on, from all that `encode` returns.
  std::vector<torch::Tensor> decode(const std::vector<torch::Tensor>& features);

  /// Shapes: (N, H / 4, W / 4, C) -> logits (N, classes, H, W).
  torch::Tensor classify(const torch::Tensor& map);

 private:
  torch::nn::ModuleList layers_up_;
  PatchExpand final_up_;
  torch::nn::Conv2d final_conv_;
};
TORCH_MODULE(Vssm);

/// A U-shaped network of state space blocks.
///
/// Ruan and Xiang, "VM-UNet: Vision Mamba UNet for Medical Image Segmentation", 2024
/// (arXiv:2402.02491).
///
/// Shapes: image (N, 1 or 3, H, W) -> (N, classes, H, W): with one class its probability, with more
/// the logits.
/// Throws kUsage unless H and W are multiples of 32.
class VmUnetImpl : public torch::nn::Module {
 public:
  explicit VmUnetImpl(const VmUnetOptions& options);
  torch::Tensor forward(const torch::Tensor& image);

 private:
  VmUnetOptions options_;
  Vssm vmunet_;
};
TORCH_MODULE(VmUnet);

}  // namespace mote::nn
