#include "mote/nn/sam_prompts.h"

#include <numbers>

namespace mote::nn {
namespace {

namespace F = torch::nn::functional;

/// (N, P, ...) with P cut or filled up to `slots`.
torch::Tensor fitted(const torch::Tensor& values, int64_t slots) {
  std::vector<int64_t> missing = values.sizes().vec();
  missing[1] = slots - values.size(1);
  return missing[1] <= 0 ? values.slice(1, 0, slots)
                         : torch::cat({values, torch::full(missing, -1.0, values.options())}, 1);
}

}  // namespace

PositionCodeImpl::PositionCodeImpl(int64_t channels)
    : positional_encoding_gaussian_matrix_(register_buffer("positional_encoding_gaussian_matrix",
                                                           torch::randn({2, channels / 2}))) {}

torch::Tensor PositionCodeImpl::forward(const torch::Tensor& fractions) const {
  const torch::Tensor angle =
      torch::matmul(2 * fractions - 1, positional_encoding_gaussian_matrix_) *
      (2 * std::numbers::pi);
  return torch::cat({torch::sin(angle), torch::cos(angle)}, -1);
}

SamPromptsImpl::SamPromptsImpl(const SamPromptsOptions& options)
    : options_(options),
      pe_layer_(register_module("pe_layer", PositionCode(options.channels))),
      invalid_points_(register_module("invalid_points", torch::nn::Embedding(1, options.channels))),
      point_embeddings_(
          register_module("point_embeddings", torch::nn::Embedding(1, options.channels))),
      bbox_top_left_embeddings_(
          register_module("bbox_top_left_embeddings", torch::nn::Embedding(1, options.channels))),
      bbox_bottom_right_embeddings_(register_module("bbox_bottom_right_embeddings",
                                                    torch::nn::Embedding(1, options.channels))) {}

torch::Tensor SamPromptsImpl::forward(const torch::Tensor& points, const torch::Tensor& labels) {
  const torch::Tensor slots = fitted(points, options_.slots);
  const torch::Tensor kinds = fitted(labels, options_.slots).unsqueeze(-1);
  torch::Tensor code = pe_layer_((slots + 0.5) / static_cast<double>(options_.image_px));
  const auto add = [&](SamLabel label, const torch::nn::Embedding& embedding) {
    code = code + kinds.eq(static_cast<int>(label)).to(code.dtype()) * embedding->weight;
  };
  add(SamLabel::kEmpty, invalid_points_);
  add(SamLabel::kPoint, point_embeddings_);
  add(SamLabel::kBoxTopLeft, bbox_top_left_embeddings_);
  add(SamLabel::kBoxBottomRight, bbox_bottom_right_embeddings_);
  return code;
}

torch::Tensor SamPromptsImpl::dense(int64_t grid) const {
  const torch::Tensor centres =
      (torch::arange(grid, invalid_points_->weight.options().requires_grad(false)) + 0.5) /
      static_cast<double>(grid);
  const torch::Tensor x = centres.view({1, grid}).expand({grid, grid});
  const torch::Tensor y = centres.view({grid, 1}).expand({grid, grid});
  return pe_layer_->forward(torch::stack({x, y}, -1)).permute({2, 0, 1}).unsqueeze(0);
}

}  // namespace mote::nn
