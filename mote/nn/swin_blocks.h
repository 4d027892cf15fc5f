#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include <torch/torch.h>

#include "mote/nn/patches.h"
#include "mote/nn/swin_fused.h"

namespace mote::nn {

struct SwinBlockOptions {
  int64_t channels = 96;
  int64_t heads = 3;
  int64_t window = 7;  ///< tokens along the side of a window
  int64_t shift = 0;   ///< tokens that the windows are moved by
  double mlp_ratio = 4;
};

/// For each pair of positions in a window, the row of the table of position biases.
/// Shapes: (window^2, window^2) int64.
torch::Tensor relative_position_index(int64_t window);

/// What keeps tokens apart that a shift of the windows made neighbours: 0 within a region of the
/// map, -100 between two.
/// Shapes: (windows, window^2, window^2).
torch::Tensor shifted_window_mask(int64_t height, int64_t width, int64_t window, int64_t shift);

/// Attention within windows, with a learned bias for each relative position.
///
/// Shapes: windows (n, window^2, channels), mask (windows of an image, window^2, window^2) or
/// undefined -> (n, window^2, channels).
class SwinAttentionImpl : public torch::nn::Module {
 public:
  explicit SwinAttentionImpl(const SwinBlockOptions& options);
  torch::Tensor forward(const torch::Tensor& windows, const torch::Tensor& mask);

  /// What is between the two projections. Shapes: projected (n, window^2, 3 channels), mask as
  /// above
  /// -> (n, window^2, channels).
  torch::Tensor attended(const torch::Tensor& projected, const torch::Tensor& mask);

  const torch::nn::Linear& qkv() const { return qkv_; }
  const torch::nn::Linear& proj() const { return proj_; }

 private:
  /// Shapes: (heads, window^2, window^2).
  torch::Tensor position_bias() const;

  int64_t heads_;
  torch::Tensor index_;  // not stored: it follows from the window
  torch::Tensor relative_position_bias_table_;
  torch::nn::Linear qkv_;
  torch::nn::Linear proj_;
};
TORCH_MODULE(SwinAttention);

/// Two layers with GELU between them.
class SwinMlpImpl : public torch::nn::Module {
 public:
  SwinMlpImpl(int64_t channels, int64_t hidden);
  torch::Tensor forward(const torch::Tensor& tokens);

  const torch::nn::Linear& fc1() const { return fc1_; }
  const torch::nn::Linear& fc2() const { return fc2_; }

 private:
  torch::nn::Linear fc1_;
  torch::nn::Linear fc2_;
};
TORCH_MODULE(SwinMlp);

/// A Swin transformer block.
///
/// Liu et al., "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", ICCV 2021
/// (arXiv:2103.14030), sec. 3.2. Masks and indices of positions are computed for the map at hand;
/// those that published checkpoints hold belong to one size of image.
///
/// Shapes: (N, H, W, channels) -> (N, H, W, channels). Where H or W is the window, nothing shifts.
/// Throws kUsage unless H and W are multiples of the window.
class SwinBlockImpl : public torch::nn::Module {
 public:
  explicit SwinBlockImpl(const SwinBlockOptions& options);
  torch::Tensor forward(const torch::Tensor& map);

 private:
  /// What follows from the size of a map, and where it lies.
  struct Windows {
    int64_t height = 0;
    int64_t width = 0;
    torch::Device device = torch::kCPU;
    torch::Tensor order;  // (H * W) int64, on the CPU: the tokens window by window
    torch::Tensor mask;   // (windows, window^2, window^2), or undefined where nothing shifts
  };

  torch::Tensor attended(const torch::Tensor& map);
  torch::Tensor fused(const torch::Tensor& map);
  int64_t shift_of(int64_t height, int64_t width) const;
  Windows windows_of(const torch::Tensor& map);
  std::shared_ptr<const FusedSwinLayers> fused_layers();

  SwinBlockOptions options_;
  std::mutex lock_;  // of what is kept between calls
  Windows windows_;  // of the last map
  std::shared_ptr<const FusedSwinLayers> fused_layers_;
  torch::nn::LayerNorm norm1_;
  SwinAttention attn_;
  torch::nn::LayerNorm norm2_;
  SwinMlp mlp_;
};
TORCH_MODULE(SwinBlock);

}  // namespace mote::nn
