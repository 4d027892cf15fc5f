#include "mote/nn/fused_ops.h"

#include <ATen/Parallel.h>

#include "mote/nn/channel_kernels.h"
#include "mote/nn/plain.h"

namespace mote::nn {
namespace {

constexpr int64_t kRowsATask = 64;

/// (N, H, W, C) whose positions lie at even distances: itself, or a copy.
torch::Tensor even_rows(const torch::Tensor& map) {
  const bool even = map.stride(3) == 1 && map.stride(1) == map.size(2) * map.stride(2) &&
                    map.stride(0) == map.size(1) * map.stride(1);
  return even ? map : map.contiguous();
}

NormOfRows row_norm(const torch::nn::LayerNorm& norm) {
  TORCH_INTERNAL_ASSERT(norm->weight.is_contiguous() && norm->bias.is_contiguous());
  return {.channels = norm->weight.numel(),
          .weight = norm->weight.data_ptr<float>(),
          .bias = norm->bias.data_ptr<float>(),
          .eps = static_cast<float>(norm->options.eps())};
}

/// A part of a table's rows for each thread.
template <typename Rows>
void for_rows(int64_t rows, const Rows& run) {
  at::parallel_for(0, rows, kRowsATask, run);
}

torch::Tensor normed_rows(const torch::Tensor& map, const torch::nn::LayerNorm& norm,
                          const torch::Tensor& gate) {
  const auto in = map.contiguous();
  const torch::Tensor out = torch::empty_like(in);
  const NormOfRows rows = row_norm(norm);
  const int64_t stride = gate.defined() ? gate.stride(2) : 0;
  const float* gates = gate.defined() ? gate.data_ptr<float>() : nullptr;
  for_rows(in.numel() / rows.channels, [&](int64_t begin, int64_t end) {
    norm_rows(rows, end - begin, in.data_ptr<float>() + begin * rows.channels, nullptr,
              {.data = gates == nullptr ? nullptr : gates + begin * stride, .stride = stride},
              out.data_ptr<float>() + begin * rows.channels);
  });
  return out;
}

}  // namespace

bool fuses(const torch::Tensor& tensor) {
  return !plain_operators() && !torch::GradMode::is_enabled() && tensor.device().is_cpu() &&
         tensor.scalar_type() == torch::kFloat32;
}

torch::Tensor depthwise_silu(const torch::Tensor& map, const torch::nn::Conv2d& convolution) {
  const auto in = even_rows(map);
  const MapSize size = {.height = in.size(1), .width = in.size(2), .channels = in.size(3)};
  const auto weight = convolution->weight.reshape({size.channels, 9}).t().contiguous();
  const auto bias = convolution->bias.contiguous();
  const torch::Tensor out = torch::empty(in.sizes(), in.options());
  at::parallel_for(0, in.size(0) * size.height, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const float* image = in.data_ptr<float>() + i / size.height * in.stride(0);
      depthwise_silu_row({.data = image, .stride = in.stride(2)}, size, i % size.height,
                         weight.data_ptr<float>(), bias.data_ptr<float>(),
                         out.data_ptr<float>() + i * size.width * size.channels);
    }
  });
  return out;
}

torch::Tensor normed(const torch::Tensor& map, const torch::nn::LayerNorm& norm) {
  return normed_rows(map, norm, {});
}

torch::Tensor gated_norm(const torch::Tensor& map, const torch::nn::LayerNorm& norm,
                         const torch::Tensor& gate) {
  return normed_rows(map, norm, even_rows(gate));
}

torch::Tensor normed_in_order(const torch::Tensor& map, const torch::nn::LayerNorm& norm,
                              const torch::Tensor& order) {
  const auto in = map.contiguous();
  const NormOfRows rows = row_norm(norm);
  const int64_t tokens = order.numel();
  const torch::Tensor out = torch::empty({in.size(0), tokens, rows.channels}, in.options());
  for (int64_t image = 0; image < in.size(0); ++image) {
    const int64_t first = image * tokens * rows.channels;
    for_rows(tokens, [&](int64_t begin, int64_t end) {
      norm_rows(rows, end - begin, in.data_ptr<float>() + first, order.data_ptr<int64_t>() + begin,
                {}, out.data_ptr<float>() + first + begin * rows.channels);
    });
  }
  return out;
}

AddedNorm add_and_norm(const torch::Tensor& map, const torch::Tensor& added,
                       const torch::Tensor& added_bias, const torch::Tensor& order,
                       const torch::nn::LayerNorm& norm, const torch::Tensor& later_bias) {
  const auto in = map.contiguous();
  const auto more = added.contiguous();
  const AddedNorm out = {.sum = torch::empty_like(in), .normed = torch::empty_like(in)};
  const NormOfRows rows = row_norm(norm);
  const int64_t tokens = order.numel();
  for (int64_t image = 0; image < in.size(0); ++image) {
    const int64_t first = image * tokens * rows.channels;
    for_rows(tokens, [&](int64_t begin, int64_t end) {
      add_norm_rows(rows, end - begin,
                    {.map = in.data_ptr<float>() + first,
                     .added = more.data_ptr<float>() + first + begin * rows.channels,
                     .index = order.data_ptr<int64_t>() + begin,
                     .added_bias = added_bias.data_ptr<float>(),
                     .later_bias = later_bias.data_ptr<float>(),
                     .sum = out.sum.data_ptr<float>() + first,
                     .normed = out.normed.data_ptr<float>() + first});
    });
  }
  return out;
}

torch::Tensor linear_gelu(const torch::Tensor& tokens, const torch::nn::Linear& layer) {
  const torch::Tensor hidden = torch::nn::functional::linear(tokens, layer->weight).contiguous();
  const auto bias = layer->bias.contiguous();
  const int64_t channels = hidden.size(-1);
  for_rows(hidden.numel() / channels, [&](int64_t begin, int64_t end) {
    bias_gelu_rows(end - begin, channels, bias.data_ptr<float>(),
                   hidden.data_ptr<float>() + begin * channels);
  });
  return hidden;
}

}  // namespace mote::nn
