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
    norm_rows(rows, end - begin, in.data_ptr<float>() + begin * rows.channels,
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

}  // namespace mote::nn
