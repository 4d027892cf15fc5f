#include "mote/nn/swin_blocks.h"

#include <algorithm>
#include <vector>

#include <ATen/TracerMode.h>

#include "mote/core/error.h"
#include "mote/nn/attention.h"
#include "mote/nn/fused_ops.h"

namespace mote::nn {
namespace {

constexpr double kApart = -100;  // added to the logits of tokens that must not see each other

torch::nn::LayerNorm layer_norm(int64_t channels) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions({channels}));
}

/// (N, H, W, C) -> (N * windows, window^2, C), windows by rows.
torch::Tensor cut_windows(const torch::Tensor& map, int64_t window) {
  return map.unflatten(2, {map.size(2) / window, window})
      .unflatten(1, {map.size(1) / window, window})
      .transpose(2, 3)  // (N, rows, columns, window, window, C)
      .flatten(3, 4)
      .flatten(0, 2);
}

/// The way back of cut_windows.
torch::Tensor join_windows(const torch::Tensor& windows, int64_t window, int64_t height,
                           int64_t width) {
  return windows.unflatten(0, {-1, height / window, width / window})
      .unflatten(3, {window, window})
      .transpose(2, 3)  // (N, rows, window, columns, window, C)
      .flatten(3, 4)
      .flatten(1, 2);
}

/// Which of the three bands of a shifted map each row (or column) is in.
torch::Tensor bands(int64_t length, int64_t window, int64_t shift) {
  const at::tracer::impl::NoTracerDispatchMode fixed;  // a trace takes the bands for constants
  const torch::Tensor band = torch::zeros({length}, torch::kInt64);
  band.slice(0, length - window).fill_(1);
  band.slice(0, length - shift).fill_(2);
  return band;
}

}  // namespace

torch::Tensor relative_position_index(int64_t window) {
  const auto offset = torch::arange(window).unsqueeze(1) - torch::arange(window) + window - 1;
  const auto by_rows = offset.reshape({window, 1, window, 1}) * (2 * window - 1);
  return (by_rows + offset.reshape({1, window, 1, window}))
      .reshape({window * window, window * window});
}

torch::Tensor shifted_window_mask(int64_t height, int64_t width, int64_t window, int64_t shift) {
  const auto region =
      bands(height, window, shift).unsqueeze(1) * 3 + bands(width, window, shift);  // (H, W)
  const auto regions = cut_windows(region.unsqueeze(0).unsqueeze(3), window).squeeze(2);
  const auto differ = regions.unsqueeze(1) != regions.unsqueeze(2);
  return differ.to(torch::kFloat32) * kApart;
}

SwinAttentionImpl::SwinAttentionImpl(const SwinBlockOptions& options)
    : heads_(options.heads),
      index_(relative_position_index(options.window)),
      relative_position_bias_table_(register_parameter(
          "relative_position_bias_table",
          0.02 *
              torch::randn({(2 * options.window - 1) * (2 * options.window - 1), options.heads}))),
      qkv_(register_module("qkv", torch::nn::Linear(options.channels, 3 * options.channels))),
      proj_(register_module("proj", torch::nn::Linear(options.channels, options.channels))) {}

torch::Tensor SwinAttentionImpl::position_bias() const {
  const auto index = index_.flatten().to(relative_position_bias_table_.device());
  return relative_position_bias_table_.index_select(0, index)
      .reshape({index_.size(0), index_.size(1), heads_})
      .permute({2, 0, 1});
}

torch::Tensor SwinAttentionImpl::attended(const torch::Tensor& projected,
                                          const torch::Tensor& mask) {
  const auto parts = projected.unflatten(2, {3, heads_, projected.size(2) / (3 * heads_)})
                         .permute({2, 0, 3, 1, 4})  // (3, n, heads, window^2, depth)
                         .unbind(0);
  return join_heads(
      attention(parts[0], parts[1], parts[2], {.bias = position_bias(), .mask = mask}));
}

torch::Tensor SwinAttentionImpl::forward(const torch::Tensor& windows, const torch::Tensor& mask) {
  return proj_(attended(qkv_(windows), mask));
}

SwinMlpImpl::SwinMlpImpl(int64_t channels, int64_t hidden)
    : fc1_(register_module("fc1", torch::nn::Linear(channels, hidden))),
      fc2_(register_module("fc2", torch::nn::Linear(hidden, channels))) {}

torch::Tensor SwinMlpImpl::forward(const torch::Tensor& tokens) {
  return fc2_(torch::gelu(fc1_(tokens)));
}

SwinBlockImpl::SwinBlockImpl(const SwinBlockOptions& options)
    : options_(options),
      norm1_(register_module("norm1", layer_norm(options.channels))),
      attn_(register_module("attn", SwinAttention(options))),
      norm2_(register_module("norm2", layer_norm(options.channels))),
      mlp_(register_module(
          "mlp",
          SwinMlp(options.channels, static_cast<int64_t>(static_cast<double>(options.channels) *
                                                         options.mlp_ratio)))) {}

int64_t SwinBlockImpl::shift_of(int64_t height, int64_t width) const {
  return std::min(height, width) <= options_.window ? 0 : options_.shift;
}

SwinBlockImpl::Windows SwinBlockImpl::windows_of(const torch::Tensor& map) {
  const int64_t height = map.size(1);
  const int64_t width = map.size(2);
  const std::lock_guard<std::mutex> lock(lock_);
  if (windows_.height != height || windows_.width != width || windows_.device != map.device()) {
    const int64_t shift = shift_of(height, width);
    const auto numbers = torch::arange(height * width).reshape({1, height, width, 1});
    windows_ = {
        .height = height,
        .width = width,
        .device = map.device(),
        .order = cut_windows(numbers.roll({-shift, -shift}, {1, 2}), options_.window)
                     .flatten()
                     .contiguous(),
        .mask = shift == 0
                    ? torch::Tensor()
                    : shifted_window_mask(height, width, options_.window, shift).to(map.device())};
  }
  return windows_;
}

torch::Tensor SwinBlockImpl::attended(const torch::Tensor& map) {
  const int64_t window = options_.window;
  const int64_t height = map.size(1);
  const int64_t width = map.size(2);
  const int64_t shift = shift_of(height, width);
  if (shift == 0) {
    return join_windows(attn_(cut_windows(map, window), torch::Tensor()), window, height, width);
  }
  const auto mask = windows_of(map).mask.to(map.scalar_type());
  const auto windows = cut_windows(map.roll({-shift, -shift}, {1, 2}), window);
  return join_windows(attn_(windows, mask), window, height, width).roll({shift, shift}, {1, 2});
}

std::shared_ptr<const FusedSwinLayers> SwinBlockImpl::fused_layers() {
  const SwinLayers layers = {norm1_, attn_->qkv(), attn_->proj(), norm2_, mlp_->fc1(), mlp_->fc2()};
  const std::lock_guard<std::mutex> lock(lock_);
  if (!fused_layers_ || !fused_layers_->is_of(layers)) {
    fused_layers_ = std::make_shared<const FusedSwinLayers>(layers);
  }
  return fused_layers_;
}

torch::Tensor SwinBlockImpl::fused(const torch::Tensor& map) {
  const Windows windows = windows_of(map);
  const auto layers = fused_layers();
  const int64_t tokens = options_.window * options_.window;
  const auto projected = layers->before(map, windows.order).view({-1, tokens, 3 * map.size(3)});
  return layers->after(map, attn_->attended(projected, windows.mask), windows.order);
}

torch::Tensor SwinBlockImpl::forward(const torch::Tensor& map) {
  if (map.size(1) % options_.window != 0 || map.size(2) % options_.window != 0) {
    throw Error(ErrorKind::kUsage, "{} x {} tokens do not divide into windows of {}", map.size(1),
                map.size(2), options_.window);
  }
  if (fuses(map)) {
    return fused(map);
  }
  const auto tokens = map + attended(norm1_(map));
  return tokens + mlp_(norm2_(tokens));
}

}  // namespace mote::nn
