#include "mote/nn/ss2d.h"

#include <cmath>

#include "mote/nn/cross_scan.h"
#include "mote/nn/fused_ops.h"
#include "mote/nn/plain.h"
#include "mote/nn/selective_scan.h"

namespace mote::nn {
namespace {

constexpr int64_t kDirections = 4;

/// The map as four sequences. Shapes: (N, E, H, W) -> (N, 4, E, H * W).
torch::Tensor sequences(const torch::Tensor& map) {
  const auto by_rows = map.flatten(2);
  const auto by_columns = map.transpose(2, 3).flatten(2);
  const auto forwards = torch::stack({by_rows, by_columns}, 1);
  return torch::cat({forwards, forwards.flip({-1})}, 1);
}

/// The way back: results of four sequences at their positions in the map. Shapes stay.
torch::Tensor positions(const torch::Tensor& sequences, int64_t height, int64_t width) {
  const auto forwards =
      torch::cat({sequences.slice(1, 0, 2), sequences.slice(1, 2, 4).flip({-1})}, 1);
  const auto by_rows = [&](int64_t direction) {
    return forwards.select(1, direction).unflatten(2, {width, height}).transpose(2, 3).flatten(2);
  };
  return torch::stack({forwards.select(1, 0), by_rows(1), forwards.select(1, 2), by_rows(3)}, 1);
}

}  // namespace

Ss2dImpl::Ss2dImpl(const Ss2dOptions& options)
    : states_(options.states),
      inner_(options.expand * options.channels),
      rank_((options.channels + 15) / 16),
      x_proj_weight_(register_parameter("x_proj_weight",
                                        torch::empty({kDirections, rank_ + 2 * states_, inner_}))),
      dt_projs_weight_(
          register_parameter("dt_projs_weight", torch::empty({kDirections, inner_, rank_}))),
      dt_projs_bias_(register_parameter("dt_projs_bias", torch::empty({kDirections, inner_}))),
      a_logs_(register_parameter("A_logs", torch::empty({kDirections * inner_, states_}))),
      ds_(register_parameter("Ds", torch::ones({kDirections * inner_}))),
      in_proj_(register_module(
          "in_proj",
          torch::nn::Linear(torch::nn::LinearOptions(options.channels, 2 * inner_).bias(false)))),
      conv2d_(register_module(
          "conv2d", torch::nn::Conv2d(
                        torch::nn::Conv2dOptions(inner_, inner_, 3).padding(1).groups(inner_)))),
      out_norm_(
          register_module("out_norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({inner_})))),
      out_proj_(register_module(
          "out_proj",
          torch::nn::Linear(torch::nn::LinearOptions(inner_, options.channels).bias(false)))) {
  init();
}

void Ss2dImpl::init() {
  const torch::NoGradGuard no_grad;
  const double bound = 1 / std::sqrt(static_cast<double>(inner_));
  x_proj_weight_.uniform_(-bound, bound);
  const double rank_bound = 1 / std::sqrt(static_cast<double>(rank_));
  dt_projs_weight_.uniform_(-rank_bound, rank_bound);
  // Rates between 0.001 and 0.1, evenly in their logarithm, through the inverse of softplus.
  const auto rates =
      torch::exp(torch::empty_like(dt_projs_bias_).uniform_(std::log(0.001), std::log(0.1)))
          .clamp_min(1e-4);
  dt_projs_bias_.copy_(rates + torch::log(-torch::expm1(-rates)));
  a_logs_.copy_(torch::log(torch::arange(1, states_ + 1)).expand_as(a_logs_));
}

torch::Tensor Ss2dImpl::directions(const torch::Tensor& map) {
  const int64_t height = map.size(2);
  const int64_t width = map.size(3);
  const auto u = sequences(map);                            // (N, 4, E, L)
  const auto projected = torch::matmul(x_proj_weight_, u);  // (N, 4, R + 2 S, L)
  const auto parts = projected.split_with_sizes({rank_, states_, states_}, 2);
  const auto delta = torch::matmul(dt_projs_weight_, parts[0]);  // (N, 4, E, L)
  const auto scanned = selective_scan({.u = u.flatten(1, 2),
                                       .delta = delta.flatten(1, 2),
                                       .a = -torch::exp(a_logs_),
                                       .b = parts[1],
                                       .c = parts[2],
                                       .d = ds_,
                                       .delta_bias = dt_projs_bias_.flatten()});
  return positions(scanned.y.unflatten(1, {kDirections, inner_}), height, width);
}

torch::Tensor Ss2dImpl::plain_merged(const torch::Tensor& map) {
  const auto results = directions(map).unbind(1);  // 4 of (N, E, L)
  const auto merged = results[0] + results[2] + results[1] + results[3];
  return merged.transpose(1, 2).unflatten(1, {map.size(2), map.size(3)});
}

torch::Tensor Ss2dImpl::scanned(const torch::Tensor& u) {
  const auto projected = torch::nn::functional::linear(u, x_proj_weight_.flatten(0, 1));
  return cross_selective_scan({.u = u,
                               .projected = projected.unflatten(3, {kDirections, -1}),
                               .rate_weight = dt_projs_weight_,
                               .rate_bias = dt_projs_bias_,
                               .a = -torch::exp(a_logs_),
                               .d = ds_});
}

torch::Tensor Ss2dImpl::forward(const torch::Tensor& map) {
  const auto halves = in_proj_(map).chunk(2, -1);  // (N, H, W, E) each
  if (fuses(map)) {
    const auto merged = scanned(depthwise_silu(halves[0], conv2d_));
    return out_proj_(gated_norm(merged, out_norm_, halves[1]));
  }
  const auto convolved =
      torch::silu(conv2d_(halves[0].permute({0, 3, 1, 2}).contiguous()));  // (N, E, H, W)
  const bool scans = !plain_operators() && takes_scan_kernels(map);
  const auto merged =
      scans ? scanned(convolved.permute({0, 2, 3, 1}).contiguous()) : plain_merged(convolved);
  return out_proj_(out_norm_(merged) * torch::silu(halves[1]));
}

}  // namespace mote::nn
