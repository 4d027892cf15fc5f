#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <torch/torch.h>

#include "mote/nn/packed_linear.h"

namespace mote::nn {

/// The layers of a Swin block around its attention.
struct SwinLayers {
  torch::nn::LayerNorm norm1;
  torch::nn::Linear qkv;
  torch::nn::Linear proj;
  torch::nn::LayerNorm norm2;
  torch::nn::Linear fc1;
  torch::nn::Linear fc2;
};

/// The same with weights packed for RowKernels. Some rows at a time go through all that stands
/// before, or after, the attention, in a thread's cache; on their way they are brought into the
/// order of the windows, and back, so that no copy of the map is made. Float32 on the CPU.
class FusedSwinLayers {
 public:
  explicit FusedSwinLayers(const SwinLayers& layers);

  /// qkv(norm1(map)), window by window.
  /// Shapes: map (N, H, W, C), order (H * W) int64, which token of the map comes when ->
  /// (N * H * W, 3 C).
  torch::Tensor before(const torch::Tensor& map, const torch::Tensor& order) const;

  /// y + fc2(GELU(fc1(norm2(y)))) with y = map + proj(attended).
  /// Shapes: attended (N * H * W, C) in the order -> (N, H, W, C).
  torch::Tensor after(const torch::Tensor& map, const torch::Tensor& attended,
                      const torch::Tensor& order) const;

  /// Whether the weights are those that were packed.
  bool is_of(const SwinLayers& layers) const;

 private:
  using Stamp = std::vector<std::pair<const void*, int64_t>>;
  static Stamp stamp_of(const SwinLayers& layers);

  Stamp stamp_;
  RowNorm norm1_;
  PackedLinear qkv_;
  PackedLinear proj_;
  RowNorm norm2_;
  PackedLinear fc1_;
  PackedLinear fc2_;
};

}  // namespace mote::nn
