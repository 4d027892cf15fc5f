#include "mote/nn/selective_scan.h"

#include <vector>

#include <torch/csrc/jit/frontend/tracer.h>

#include "mote/core/error.h"
#include "mote/nn/cross_scan.h"
#include "mote/nn/plain.h"
#include "mote/nn/recorded_scan.h"

namespace mote::nn {
namespace {

void check(const ScanInputs& in) {
  const int64_t images = in.u.size(0);
  const int64_t channels = in.u.size(1);
  const int64_t length = in.u.size(2);
  const int64_t groups = in.b.size(1);
  const int64_t states = in.a.size(1);
  const std::vector<int64_t> grouped = {images, groups, states, length};
  const bool sound = in.delta.sizes() == in.u.sizes() && in.a.size(0) == channels &&
                     in.b.sizes() == at::IntArrayRef(grouped) && in.c.sizes() == in.b.sizes() &&
                     in.d.numel() == channels && in.delta_bias.numel() == channels && groups > 0 &&
                     channels % groups == 0 && length > 0;
  if (!sound) {
    throw Error(ErrorKind::kUsage,
                "selective scan of {} channels, {} groups, {} states and {} positions: "
                "the tensors disagree",
                channels, groups, states, length);
  }
}

ScanResult plain_selective_scan(const ScanInputs& in) {
  const int64_t groups = in.b.size(1);
  const int64_t channels = in.u.size(1) / groups;
  const auto u = in.u.unflatten(1, {groups, channels});  // (N, G, E, L)
  const auto delta =
      torch::softplus((in.delta + in.delta_bias.unsqueeze(-1)).unflatten(1, {groups, channels}));
  const auto a = in.a.unflatten(0, {groups, channels});  // (G, E, S)
  const auto skip = in.d.unflatten(0, {groups, channels}).unsqueeze(-1) * u;

  if (torch::jit::tracer::isTracing()) {
    const auto by_position = [](const torch::Tensor& x) { return x.permute({3, 0, 1, 2}); };
    const auto outputs = recorded_scan({.rates = by_position(delta).unsqueeze(-1),
                                        .inputs = by_position(delta * u).unsqueeze(-1),
                                        .a = a,
                                        .b = by_position(in.b).unsqueeze(-2),
                                        .c = by_position(in.c).unsqueeze(-1)});
    return {.y = (outputs.squeeze(-1).permute({1, 2, 3, 0}) + skip).flatten(1, 2),
            .last_state = {}};
  }

  // One node of autograd for all positions: `select` would write a whole gradient for each.
  const auto deltas = delta.unsqueeze(-1).unbind(3);        // L of (N, G, E, 1)
  const auto inputs = (delta * u).unsqueeze(-1).unbind(3);  // L of (N, G, E, 1)
  const auto bs = in.b.unsqueeze(2).unbind(4);              // L of (N, G, 1, S)
  const auto cs = in.c.unsqueeze(2).unbind(4);              // L of (N, G, 1, S)
  torch::Tensor state = torch::zeros({u.size(0), groups, channels, a.size(2)}, u.options());
  std::vector<torch::Tensor> outputs;
  outputs.reserve(deltas.size());
  for (size_t l = 0; l < deltas.size(); ++l) {
    state = torch::exp(deltas[l] * a) * state + inputs[l] * bs[l];
    outputs.push_back((state * cs[l]).sum(-1));  // (N, G, E)
  }
  return {.y = (torch::stack(outputs, -1) + skip).flatten(1, 2),
          .last_state = state.flatten(1, 2).detach()};
}

}  // namespace

ScanResult selective_scan(const ScanInputs& in) {
  check(in);
  return !plain_operators() && takes_scan_kernels(in.u) ? fused_selective_scan(in)
                                                        : plain_selective_scan(in);
}

}  // namespace mote::nn
