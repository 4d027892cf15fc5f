#include "mote/nn/windowed_attention.h"

#include "mote/core/error.h"
#include "mote/nn/kernels.h"
#include "mote/nn/windowed_attention_kernel.h"

namespace mote::nn {
namespace {

namespace F = torch::nn::functional;
using torch::indexing::Slice;

constexpr double kOutside = -1e8;  // as published: its softmax is 0

int64_t side(const WindowedAttentionOptions& options) {
  return 2 * options.radius + 1;
}

/// (N, T, C) -> (N, C, window, T): what each position sees, zeros outside the map.
torch::Tensor unfolded(const torch::Tensor& tokens, const WindowedAttentionOptions& options) {
  const int64_t channels = tokens.size(2);
  const torch::Tensor map =
      tokens.transpose(1, 2).reshape({-1, channels, options.map.height, options.map.width});
  return F::unfold(map, F::UnfoldFuncOptions(side(options)).padding(options.radius))
      .reshape({tokens.size(0), channels, side(options) * side(options), -1});
}

/// For each position and offset of its window, the position looked at in a map that has a margin of
/// `radius` all around: (T, window).
torch::Tensor window_positions(const WindowedAttentionOptions& options, torch::Device device) {
  const auto integers = torch::TensorOptions(torch::kInt64).device(device);
  const int64_t padded_width = options.map.width + 2 * options.radius;
  const torch::Tensor offsets = torch::arange(side(options), integers);
  const torch::Tensor rows = torch::arange(options.map.height, integers);
  const torch::Tensor columns = torch::arange(options.map.width, integers);
  const torch::Tensor corner = (rows.unsqueeze(1) * padded_width + columns).reshape({-1, 1});
  return corner + (offsets.unsqueeze(1) * padded_width + offsets).reshape({1, -1});
}

/// (N, T, window) -> (N, T, T): the same weights, by position.
torch::Tensor dense(const torch::Tensor& weights, const WindowedAttentionOptions& options) {
  const int64_t tokens = options.map.area();
  const int64_t margin = options.radius;
  const Size padded = {options.map.height + 2 * margin, options.map.width + 2 * margin};
  const torch::Tensor positions =
      window_positions(options, weights.device()).expand_as(weights).contiguous();
  const torch::Tensor all =
      torch::zeros({weights.size(0), tokens, padded.area()}, weights.options())
          .scatter(2, positions, weights)
          .reshape({-1, tokens, padded.height, padded.width});
  return all
      .index({Slice(), Slice(), Slice(margin, margin + options.map.height),
              Slice(margin, margin + options.map.width)})
      .reshape({-1, tokens, tokens});
}

void check(const torch::Tensor& query, const torch::Tensor& key, const torch::Tensor& bias,
           const WindowedAttentionOptions& options) {
  const int64_t window = side(options) * side(options);
  const int64_t tokens = options.map.area();
  const bool fits = query.dim() == 3 && query.sizes() == key.sizes() && query.size(1) == tokens &&
                    bias.dim() == 3 && bias.size(0) == query.size(0) && bias.size(1) == tokens &&
                    bias.size(2) == window;
  if (!fits) {
    throw Error(ErrorKind::kUsage,
                "windowed attention on a map of {} x {}: query {}, key {} and bias {} disagree",
                options.map.height, options.map.width, fmt::join(query.sizes().vec(), " x "),
                fmt::join(key.sizes().vec(), " x "), fmt::join(bias.sizes().vec(), " x "));
  }
}

torch::Tensor with_rows(const torch::Tensor& matrices) {
  return matrices.stride(2) == 1 ? matrices : matrices.contiguous();
}

torch::Tensor fast(const torch::Tensor& query, const torch::Tensor& key,
                   const std::vector<torch::Tensor>& values, const torch::Tensor& bias,
                   const WindowedAttentionOptions& options) {
  const torch::Tensor q = with_rows(query);
  const torch::Tensor k = with_rows(key);
  const torch::Tensor b = bias.contiguous();
  std::vector<torch::Tensor> with_row_values;
  int64_t channels = 0;
  for (const torch::Tensor& value : values) {
    with_row_values.push_back(with_rows(value));
    channels += value.size(2);
  }
  const torch::Tensor out = torch::empty({q.size(0), q.size(1), channels}, q.options());
  for (int64_t n = 0; n < q.size(0); ++n) {
    WindowedMap map = {.query = q[n].data_ptr<float>(),
                       .query_stride = q.stride(1),
                       .key = k[n].data_ptr<float>(),
                       .key_stride = k.stride(1),
                       .out_stride = channels,
                       .bias = b[n].data_ptr<float>(),
                       .height = options.map.height,
                       .width = options.map.width,
                       .radius = options.radius,
                       .depth = q.size(2),
                       .scale = static_cast<float>(options.scale)};
    float* to = out[n].data_ptr<float>();
    for (const torch::Tensor& value : with_row_values) {
      map.values.push_back({.data = value[n].data_ptr<float>(),
                            .stride = value.stride(1),
                            .channels = value.size(2),
                            .out = to});
      to += value.size(2);
    }
    windowed_attention_kernel(map);
  }
  return out;
}

}  // namespace

torch::Tensor windowed_attention_weights(const torch::Tensor& query, const torch::Tensor& key,
                                         const torch::Tensor& bias,
                                         const WindowedAttentionOptions& options) {
  check(query, key, bias, options);
  const torch::Tensor seen = unfolded(key, options);  // (N, D, window, T)
  const torch::Tensor scaled = query.transpose(1, 2).unsqueeze(2) * options.scale;
  const torch::Tensor scores = (scaled * seen).sum(1).transpose(1, 2) + bias;  // (N, T, window)
  const torch::Tensor inside =
      unfolded(torch::ones({1, query.size(1), 1}, query.options()), options);  // (1, 1, window, T)
  return scores.masked_fill(inside.squeeze(1).transpose(1, 2) == 0, kOutside).softmax(2);
}

torch::Tensor windowed_attention(const torch::Tensor& query, const torch::Tensor& key,
                                 const std::vector<torch::Tensor>& values,
                                 const torch::Tensor& bias,
                                 const WindowedAttentionOptions& options) {
  check(query, key, bias, options);
  std::vector<torch::Tensor> tensors = {query, key, bias};
  for (const torch::Tensor& value : values) {
    if (value.dim() != 3 || value.size(0) != key.size(0) || value.size(1) != key.size(1)) {
      throw Error(ErrorKind::kUsage, "windowed attention: keys {} and values {} disagree",
                  fmt::join(key.sizes().vec(), " x "), fmt::join(value.sizes().vec(), " x "));
    }
    tensors.push_back(value);
  }
  if (kernels_take(tensors)) {
    return fast(query, key, values, bias, options);
  }
  const torch::Tensor weights = windowed_attention_weights(query, key, bias, options);
  return torch::matmul(dense(weights, options), torch::cat(values, 2));
}

torch::Tensor windowed_attention(const torch::Tensor& query, const torch::Tensor& key,
                                 const torch::Tensor& value, const torch::Tensor& bias,
                                 const WindowedAttentionOptions& options) {
  return windowed_attention(query, key, std::vector<torch::Tensor>{value}, bias, options);
}

}  // namespace mote::nn
