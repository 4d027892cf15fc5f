#include "mote/nn/cross_scan.h"

#include <algorithm>
#include <array>
#include <vector>

#include <ATen/Parallel.h>

#include "mote/nn/scan_kernel.h"

namespace mote::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

constexpr int64_t kDirections = 4;
// The order in which the published networks add the directions: rows, rows backwards, columns, ...
constexpr std::array<int64_t, kDirections> kSummed = {0, 2, 1, 3};
// Channels share the gradients of B and C: so many parts of them are summed apart, which bounds
// memory and threads, and keeps results the same for any number of threads.
constexpr int64_t kParts = 4;

ScanOrder order_of(int64_t direction, int64_t height, int64_t width) {
  return {.height = height,
          .width = width,
          .by_columns = direction % 2 == 1,
          .backwards = direction >= 2};
}

/// Tensors of one direction, of all images.
struct Tables {
  torch::Tensor u;            // (N, L, E)
  torch::Tensor rates;        // (N, L, R) or (N, L, E)
  torch::Tensor b;            // (N, L, S)
  torch::Tensor c;            // (N, L, S)
  torch::Tensor rate_weight;  // (R, E), or undefined
  torch::Tensor rate_bias;    // (E)
  torch::Tensor a;            // (S, E)
  torch::Tensor d;            // (E)
  ScanOrder order;

  int64_t channels() const { return u.size(2); }
};

const float* row_of(const torch::Tensor& table, int64_t image) {
  return table.data_ptr<float>() + image * table.stride(0);
}

float* writable_row_of(const torch::Tensor& table, int64_t image) {
  return table.data_ptr<float>() + image * table.stride(0);
}

ScanDirection direction_of(const Tables& in, int64_t image) {
  const bool projects = in.rate_weight.defined();
  return {.order = in.order,
          .channels = in.channels(),
          .states = in.b.size(2),
          .rank = projects ? in.rates.size(2) : 0,
          .u = row_of(in.u, image),
          .u_stride = in.u.stride(1),
          .rates = row_of(in.rates, image),
          .rates_stride = in.rates.stride(1),
          .b = row_of(in.b, image),
          .c = row_of(in.c, image),
          .bc_stride = in.b.stride(1),
          .rate_weight = projects ? in.rate_weight.data_ptr<float>() : nullptr,
          .rate_bias = in.rate_bias.data_ptr<float>(),
          .a = in.a.data_ptr<float>(),
          .d = in.d.data_ptr<float>()};
}

/// Scans the directions one after the other in each task, so that they add up in one order.
/// `y` (N, L, E) for all, or one for each direction; `last` (N, E, S) for each, or none.
void run_forward(const std::vector<Tables>& directions, const std::vector<torch::Tensor>& y,
                 const std::vector<torch::Tensor>& last) {
  const int64_t images = directions[0].u.size(0);
  const int64_t blocks = (directions[0].channels() + kScanChannels - 1) / kScanChannels;
  at::parallel_for(0, images * blocks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; ++task) {
      const int64_t image = task / blocks;
      for (size_t k = 0; k < directions.size(); ++k) {
        const torch::Tensor& out = y.size() == 1 ? y[0] : y[k];
        scan_forward(direction_of(directions[k], image), task % blocks * kScanChannels,
                     {.y = writable_row_of(out, image),
                      .y_stride = out.stride(1),
                      .add = y.size() == 1 && k > 0,
                      .last_state = last.empty() ? nullptr : writable_row_of(last[k], image)});
      }
    }
  });
}

/// Gradients of one direction.
struct Gradients {
  torch::Tensor delta;  // (N, L, E), before softplus
  torch::Tensor b;      // (N, L, S)
  torch::Tensor c;      // (N, L, S)
  torch::Tensor a;      // (S, E)
  torch::Tensor d;      // (E)
};

/// Adds to `grad_u` (N, L, E), from `grad_y` (N, L, E).
Gradients run_backward(const Tables& in, const torch::Tensor& grad_y, const torch::Tensor& grad_u) {
  const int64_t images = in.u.size(0);
  const int64_t length = in.u.size(1);
  const int64_t states = in.b.size(2);
  const int64_t blocks = (in.channels() + kScanChannels - 1) / kScanChannels;
  const int64_t parts = std::min(kParts, blocks);
  const auto options = in.u.options();
  const Gradients out = {.delta = torch::empty({images, length, in.channels()}, options),
                         .b = torch::zeros({images, parts, length, states}, options),
                         .c = torch::zeros({images, parts, length, states}, options),
                         .a = torch::zeros({images, states, in.channels()}, options),
                         .d = torch::zeros({images, in.channels()}, options)};
  at::parallel_for(0, images * parts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; ++task) {
      const int64_t image = task / parts;
      const int64_t part = task % parts;
      const ScanDirection direction = direction_of(in, image);
      const ScanGradients gradients = {.y = row_of(grad_y, image),
                                       .y_stride = grad_y.stride(1),
                                       .u = writable_row_of(grad_u, image),
                                       .u_stride = grad_u.stride(1),
                                       .delta = writable_row_of(out.delta, image),
                                       .delta_stride = out.delta.stride(1),
                                       .b = writable_row_of(out.b, image) + part * out.b.stride(1),
                                       .c = writable_row_of(out.c, image) + part * out.c.stride(1),
                                       .bc_stride = states,
                                       .a = writable_row_of(out.a, image),
                                       .d = writable_row_of(out.d, image)};
      for (int64_t block = blocks * part / parts; block < blocks * (part + 1) / parts; ++block) {
        scan_backward(direction, block * kScanChannels, gradients);
      }
    }
  });
  return {.delta = out.delta,
          .b = out.b.sum(1),
          .c = out.c.sum(1),
          .a = out.a.sum(0),
          .d = out.d.sum(0)};
}

/// The parts of CrossScanInputs that direction k reads.
Tables cross_tables(const CrossScanInputs& in, int64_t k) {
  const int64_t rank = in.rate_weight.size(2);
  const int64_t states = in.a.size(1);
  const auto channels = in.u.size(3);
  const auto projected = in.projected.flatten(1, 2).select(2, k);  // (N, L, R + 2 S)
  return {.u = in.u.flatten(1, 2),
          .rates = projected.slice(2, 0, rank),
          .b = projected.slice(2, rank, rank + states),
          .c = projected.slice(2, rank + states),
          .rate_weight = in.rate_weight[k].t().contiguous(),
          .rate_bias = in.rate_bias[k].contiguous(),
          .a = in.a.slice(0, k * channels, (k + 1) * channels).t().contiguous(),
          .d = in.d.slice(0, k * channels, (k + 1) * channels).contiguous(),
          .order = order_of(k, in.u.size(1), in.u.size(2))};
}

class CrossScan : public torch::autograd::Function<CrossScan> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& u,
                               const torch::Tensor& projected, const torch::Tensor& rate_weight,
                               const torch::Tensor& rate_bias, const torch::Tensor& a,
                               const torch::Tensor& d) {
    context->save_for_backward({u, projected, rate_weight, rate_bias, a, d});
    const CrossScanInputs in = {u, projected, rate_weight, rate_bias, a, d};
    std::vector<Tables> directions;
    for (const int64_t k : kSummed) {
      directions.push_back(cross_tables(in, k));
    }
    const torch::Tensor y = torch::empty_like(u);
    run_forward(directions, {y.flatten(1, 2)}, {});
    return y;
  }

  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    const auto saved = context->get_saved_variables();
    const CrossScanInputs in = {saved[0], saved[1], saved[2], saved[3], saved[4], saved[5]};
    const auto grad_y = gradients[0].contiguous().flatten(1, 2);
    const int64_t channels = in.u.size(3);
    const int64_t rank = in.rate_weight.size(2);
    CrossScanInputs grad = {torch::zeros_like(in.u),           torch::empty_like(in.projected),
                            torch::empty_like(in.rate_weight), torch::empty_like(in.rate_bias),
                            torch::empty_like(in.a),           torch::empty_like(in.d)};
    for (const int64_t k : kSummed) {
      const Tables tables = cross_tables(in, k);
      const Gradients one = run_backward(tables, grad_y, grad.u.flatten(1, 2));
      const auto delta = one.delta.flatten(0, 1);                             // (N * L, E)
      const auto grad_projected = grad.projected.flatten(0, 2).select(1, k);  // (N * L, R + 2 S)
      grad_projected.slice(1, 0, rank).copy_(delta.mm(in.rate_weight[k]));
      grad_projected.slice(1, rank).copy_(torch::cat({one.b, one.c}, 2).flatten(0, 1));
      grad.rate_weight[k].copy_(delta.t().mm(tables.rates.flatten(0, 1)));
      grad.rate_bias[k].copy_(delta.sum(0));
      grad.a.slice(0, k * channels, (k + 1) * channels).copy_(one.a.t());
      grad.d.slice(0, k * channels, (k + 1) * channels).copy_(one.d);
    }
    return {grad.u, grad.projected, grad.rate_weight, grad.rate_bias, grad.a, grad.d};
  }
};

/// (N, G * E, L) or (N, G, S, L) as one table (N, L, E or S) a group.
std::vector<torch::Tensor> tables_of(const torch::Tensor& tensor, int64_t groups) {
  const auto grouped =
      tensor.dim() == 4 ? tensor : tensor.unflatten(1, {groups, tensor.size(1) / groups});
  return grouped.transpose(2, 3).contiguous().unbind(1);
}

/// The way back: (N, L, X) a group -> (N, G, X, L).
torch::Tensor grouped(const std::vector<torch::Tensor>& tables) {
  return torch::stack(tables, 1).transpose(2, 3);
}

std::vector<Tables> group_tables(const ScanInputs& in) {
  const int64_t groups = in.b.size(1);
  const int64_t channels = in.u.size(1) / groups;
  const auto u = tables_of(in.u, groups);
  const auto rates = tables_of(in.delta, groups);
  const auto b = tables_of(in.b, groups);
  const auto c = tables_of(in.c, groups);
  std::vector<Tables> tables;
  for (int64_t g = 0; g < groups; ++g) {
    const int64_t first = g * channels;
    tables.push_back({.u = u[g],
                      .rates = rates[g],
                      .b = b[g],
                      .c = c[g],
                      .rate_weight = {},
                      .rate_bias = in.delta_bias.slice(0, first, first + channels).contiguous(),
                      .a = in.a.slice(0, first, first + channels).t().contiguous(),
                      .d = in.d.slice(0, first, first + channels).contiguous(),
                      .order = {.width = in.u.size(2)}});
  }
  return tables;
}

class FusedScan : public torch::autograd::Function<FusedScan> {
 public:
  static tensor_list forward(AutogradContext* context, const torch::Tensor& u,
                             const torch::Tensor& delta, const torch::Tensor& a,
                             const torch::Tensor& b, const torch::Tensor& c, const torch::Tensor& d,
                             const torch::Tensor& delta_bias) {
    context->save_for_backward({u, delta, a, b, c, d, delta_bias});
    const auto tables = group_tables({u, delta, a, b, c, d, delta_bias});
    std::vector<torch::Tensor> y;
    std::vector<torch::Tensor> last;
    for (const Tables& table : tables) {
      y.push_back(torch::empty_like(table.u));
      last.push_back(torch::empty({u.size(0), table.channels(), a.size(1)}, u.options()));
    }
    for (size_t g = 0; g < tables.size(); ++g) {
      run_forward({tables[g]}, {y[g]}, {last[g]});
    }
    const auto states = torch::cat(last, 1);
    context->mark_non_differentiable({states});
    return {grouped(y).flatten(1, 2), states};
  }

  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    const auto saved = context->get_saved_variables();
    const ScanInputs in = {saved[0], saved[1], saved[2], saved[3], saved[4], saved[5], saved[6]};
    const auto tables = group_tables(in);
    const auto grad_y = tables_of(gradients[0], static_cast<int64_t>(tables.size()));
    std::vector<torch::Tensor> u, delta, a, b, c, d;
    for (size_t g = 0; g < tables.size(); ++g) {
      u.push_back(torch::zeros_like(tables[g].u));
      const Gradients one = run_backward(tables[g], grad_y[g], u.back());
      delta.push_back(one.delta);
      a.push_back(one.a.t());
      b.push_back(one.b);
      c.push_back(one.c);
      d.push_back(one.d);
    }
    const auto grad_delta = grouped(delta).flatten(1, 2);
    return {grouped(u).flatten(1, 2),
            grad_delta,
            torch::cat(a),
            grouped(b),
            grouped(c),
            torch::cat(d),
            grad_delta.sum(at::IntArrayRef({0, 2}))};
  }
};

}  // namespace

bool takes_scan_kernels(const torch::Tensor& tensor) {
  return tensor.device().is_cpu() && tensor.scalar_type() == torch::kFloat32;
}

torch::Tensor cross_selective_scan(const CrossScanInputs& in) {
  return CrossScan::apply(in.u.contiguous(), in.projected.contiguous(), in.rate_weight,
                          in.rate_bias, in.a, in.d);
}

ScanResult fused_selective_scan(const ScanInputs& in) {
  const auto results = FusedScan::apply(in.u, in.delta, in.a, in.b, in.c, in.d, in.delta_bias);
  return {.y = results[0], .last_state = results[1]};
}

}  // namespace mote::nn
