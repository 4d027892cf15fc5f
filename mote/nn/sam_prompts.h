#pragma once

#include <torch/torch.h>

namespace mote::nn {

/// What a point of a prompt says, as the networks number it.
enum class SamLabel : int {
  kEmpty = -1,
  kBackground = 0,
  kPoint = 1,
  kBoxTopLeft = 2,
  kBoxBottomRight = 3,
};

struct SamPromptsOptions {
  int64_t image_px = 1024;  ///< the square that coordinates lie in
  int64_t channels = 256;
  int64_t slots = 6;  ///< points a query has, by cutting or by filling up with empty ones
};

/// Fourier features of positions: sines and cosines of random projections of (x, y) (`pe_layer`).
///
/// Tancik et al., "Fourier Features Let Networks Learn High Frequency Functions", NeurIPS 2020
/// (arXiv:2006.10739).
class PositionCodeImpl : public torch::nn::Module {
 public:
  explicit PositionCodeImpl(int64_t channels);

  /// Shapes: (..., 2), (x, y) in [0, 1] -> (..., channels).
  torch::Tensor forward(const torch::Tensor& fractions) const;

 private:
  torch::Tensor positional_encoding_gaussian_matrix_;
};
TORCH_MODULE(PositionCode);

/// EfficientSAM's prompt encoder: points and boxes to tokens.
///
/// Kirillov et al., "Segment Anything", ICCV 2023 (arXiv:2304.02643), sec. 3 and appendix A; there
/// are no mask prompts, and a box is two points.
class SamPromptsImpl : public torch::nn::Module {
 public:
  explicit SamPromptsImpl(const SamPromptsOptions& options);

  /// Shapes: points (N, P, 2), (x, y) in pixels of the square; labels (N, P), SamLabel values ->
  /// (N, slots, channels). Empty slots take part in attention as any other.
  torch::Tensor forward(const torch::Tensor& points, const torch::Tensor& labels);

  /// The position code of each cell of an image embedding. Shapes: -> (1, channels, grid, grid).
  torch::Tensor dense(int64_t grid) const;

 private:
  SamPromptsOptions options_;
  PositionCode pe_layer_;
  torch::nn::Embedding invalid_points_;
  torch::nn::Embedding point_embeddings_;
  torch::nn::Embedding bbox_top_left_embeddings_;
  torch::nn::Embedding bbox_bottom_right_embeddings_;
};
TORCH_MODULE(SamPrompts);

}  // namespace mote::nn
