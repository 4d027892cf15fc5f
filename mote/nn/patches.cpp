#include "mote/nn/patches.h"

#include <algorithm>
#include <vector>

#include <ATen/Parallel.h>

#include "mote/core/error.h"
#include "mote/nn/fused_ops.h"
#include "mote/nn/packed_linear.h"

namespace mote::nn {
namespace {

torch::nn::LayerNorm layer_norm(int64_t channels) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions({channels}));
}

torch::Tensor norm_or_fused(const torch::Tensor& map, torch::nn::LayerNorm& norm) {
  return fuses(map) ? normed(map, norm) : norm(map);
}

torch::nn::Linear linear_without_bias(int64_t in, int64_t out) {
  return torch::nn::Linear(torch::nn::LinearOptions(in, out).bias(false));
}

}  // namespace

torch::Tensor three_channels(const torch::Tensor& image) {
  if (image.dim() != 4 || (image.size(1) != 1 && image.size(1) != 3)) {
    throw Error(ErrorKind::kUsage, "image of shape [{}]: the network takes (N, 1 or 3, H, W)",
                fmt::join(image.sizes().begin(), image.sizes().end(), ", "));
  }
  return image.size(1) == 3 ? image : image.expand({-1, 3, -1, -1});
}

NormedPatchEmbedImpl::NormedPatchEmbedImpl(int64_t in_channels, int64_t channels, int64_t patch_px)
    : proj_(register_module(
          "proj", torch::nn::Conv2d(
                      torch::nn::Conv2dOptions(in_channels, channels, patch_px).stride(patch_px)))),
      norm_(register_module("norm", layer_norm(channels))) {}

torch::Tensor NormedPatchEmbedImpl::forward(const torch::Tensor& image) {
  return norm_or_fused(proj_(image).permute({0, 2, 3, 1}), norm_);
}

PatchMergingImpl::PatchMergingImpl(int64_t channels)
    : reduction_(register_module("reduction", linear_without_bias(4 * channels, 2 * channels))),
      norm_(register_module("norm", layer_norm(4 * channels))) {}

torch::Tensor PatchMergingImpl::forward(const torch::Tensor& map) {
  const int64_t height = map.size(1);
  const int64_t width = map.size(2);
  if (height % 2 != 0 || width % 2 != 0) {
    throw Error(ErrorKind::kUsage, "{} x {} tokens cannot be joined by 2 x 2", height, width);
  }
  const auto blocks = map.unflatten(2, {width / 2, 2}).unflatten(1, {height / 2, 2});
  const auto joined = blocks.permute({0, 1, 3, 4, 2, 5}).flatten(3);  // (N, H/2, W/2, 4 C)
  return reduction_(norm_or_fused(joined, norm_));
}

PatchExpandImpl::PatchExpandImpl(const PatchExpandOptions& options)
    : options_(options),
      expand_(register_module(
          "expand", linear_without_bias(options.channels,
                                        options.factor * options.factor * options.out_channels))),
      norm_(register_module("norm", layer_norm(options.out_channels))) {}

torch::Tensor PatchExpandImpl::forward(const torch::Tensor& map) {
  const int64_t factor = options_.factor;
  const auto moved = expand_(map)
                         .unflatten(3, {factor, factor, options_.out_channels})
                         .permute({0, 1, 3, 2, 4, 5})  // (N, H, factor, W, factor, C)
                         .flatten(3, 4)
                         .flatten(1, 2);
  return norm_or_fused(moved, norm_);
}

torch::Tensor PatchExpandImpl::convolved(const torch::Tensor& map, torch::nn::Conv2d& convolution) {
  return fuses(map) ? convolved_in_cache(map.contiguous(), convolution)
                    : convolution(forward(map).permute({0, 3, 1, 2}));
}

torch::Tensor PatchExpandImpl::convolved_in_cache(const torch::Tensor& map,
                                                  const torch::nn::Conv2d& convolution) const {
  constexpr int64_t kTokens = 32;  // whose new tokens stay in the second cache
  const int64_t factor = options_.factor;
  const int64_t height = map.size(1);
  const int64_t width = map.size(2);
  const int64_t channels = options_.out_channels;
  const PackedLinear expand(float32_rows(), expand_->weight, {});
  const RowNorm norm(float32_rows(), norm_->weight, norm_->bias, norm_->options.eps());
  const PackedLinear classify(float32_rows(), convolution->weight.flatten(1), convolution->bias);
  const int64_t maps = classify.out();
  const torch::Tensor out =
      torch::empty({map.size(0), maps, factor * height, factor * width}, map.options());
  const auto write = [&](const float* values, int64_t row, int64_t x) {  // of one token
    float* plane = out.data_ptr<float>() + row / height * maps * factor * height * factor * width;
    for (int64_t m = 0; m < maps; ++m, plane += factor * height * factor * width) {
      float* corner = plane + (row % height * width * factor + x) * factor;
      for (int64_t i = 0; i < factor * factor; ++i) {
        corner[i / factor * factor * width + i % factor] = values[i * maps + m];
      }
    }
  };
  at::parallel_for(0, map.size(0) * height, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> expanded(static_cast<size_t>(kTokens * expand.out()));
    std::vector<float> normed(expanded.size());
    std::vector<float> values(static_cast<size_t>(kTokens * factor * factor * maps));
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t x = 0; x < width; x += kTokens) {
        const int64_t count = std::min(kTokens, width - x);
        const int64_t new_count = count * factor * factor;
        const float* tokens = map.data_ptr<float>() + (row * width + x) * options_.channels;
        expand.multiply({.data = tokens, .stride = options_.channels, .count = count},
                        Epilogue::kStore, expanded.data(), expand.out());
        norm.to_operands({.data = expanded.data(), .stride = channels, .count = new_count},
                         normed.data(), channels);
        classify.multiply({.data = normed.data(), .stride = channels, .count = new_count},
                          Epilogue::kStore, values.data(), maps);
        for (int64_t i = 0; i < count; ++i) {
          write(values.data() + i * factor * factor * maps, row, x + i);
        }
      }
    }
  });
  return out;
}

void init_linears(torch::nn::Module& network) {
  const torch::NoGradGuard no_grad;
  for (const auto& module : network.modules(/*include_self=*/false)) {
    if (const auto* linear = module->as<torch::nn::Linear>()) {
      torch::nn::init::normal_(linear->weight, 0, 0.02);
      if (linear->bias.defined()) {
        torch::nn::init::zeros_(linear->bias);
      }
    }
  }
}

}  // namespace mote::nn
