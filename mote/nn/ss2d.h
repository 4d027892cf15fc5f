#pragma once

#include <cstdint>

#include <torch/torch.h>

namespace mote::nn {

struct Ss2dOptions {
  int64_t channels = 96;
  int64_t states = 16;
  int64_t expand = 2;  ///< inner width E = expand * channels
};

/// The 2-D selective scan: a map is read as four sequences (by rows, by columns, and both
/// backwards), each scanned with rates and projections that follow from the data, and the results
/// are added.
///
/// Liu et al., "VMamba: Visual State Space Model", NeurIPS 2024 (arXiv:2401.10166), sec. 4.2, in
/// the form of Ruan and Xiang, "VM-UNet: Vision Mamba UNet for Medical Image Segmentation", 2024
/// (arXiv:2402.02491).
///
/// Shapes: (N, H, W, channels) -> (N, H, W, channels).
class Ss2dImpl : public torch::nn::Module {
 public:
  explicit Ss2dImpl(const Ss2dOptions& options);
  torch::Tensor forward(const torch::Tensor& map);

  /// The results of the four directions (by rows, by columns, backwards by rows, backwards by
  /// columns), each at its position in the map.
  /// Shapes: (N, E, H, W) -> (N, 4, E, H * W).
  torch::Tensor directions(const torch::Tensor& map);

 private:
  void init();

  /// The sum of the directions, channels last. Shapes: (N, E, H, W) -> (N, H, W, E).
  torch::Tensor plain_merged(const torch::Tensor& map);

  /// The same by kernels. Shapes: (N, H, W, E) -> (N, H, W, E).
  torch::Tensor scanned(const torch::Tensor& u);

  int64_t states_;
  int64_t inner_;  // E
  int64_t rank_;   // of the projection of the rates, R
  torch::Tensor x_proj_weight_;
  torch::Tensor dt_projs_weight_;
  torch::Tensor dt_projs_bias_;
  torch::Tensor a_logs_;
  torch::Tensor ds_;
  torch::nn::Linear in_proj_;
  torch::nn::Conv2d conv2d_;
  torch::nn::LayerNorm out_norm_;
  torch::nn::Linear out_proj_;
};
TORCH_MODULE(Ss2d);

}  // namespace mote::nn
