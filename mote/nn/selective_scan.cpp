#include "mote/nn/selective_scan.h"

#include <algorithm>
#include <cmath>
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

/// What both forms begin with.
struct Grouped {
  torch::Tensor delta;   // (N, G, E, L), positive
  torch::Tensor inputs;  // (N, G, E, L): delta u
  torch::Tensor a;       // (G, E, S)
  torch::Tensor skip;    // (N, G, E, L): D u

  int64_t images() const { return delta.size(0); }
  int64_t groups() const { return delta.size(1); }
  int64_t channels() const { return delta.size(2); }
  int64_t length() const { return delta.size(3); }
  int64_t states() const { return a.size(2); }
};

Grouped grouped(const ScanInputs& in) {
  const int64_t groups = in.b.size(1);
  const int64_t channels = in.u.size(1) / groups;
  const auto u = in.u.unflatten(1, {groups, channels});
  const auto delta =
      torch::softplus((in.delta + in.delta_bias.unsqueeze(-1)).unflatten(1, {groups, channels}));
  return {.delta = delta,
          .inputs = delta * u,
          .a = in.a.unflatten(0, {groups, channels}),
          .skip = in.d.unflatten(0, {groups, channels}).unsqueeze(-1) * u};
}

/// Some 3 sqrt(L) steps in place of L, for devices where a step costs its launch: the sequence is
/// cut into chunks, which are read from a state of zero all at a time; then the states that enter
/// them follow from each other; then what these add to the outputs is added.
ScanResult selective_scan_by_chunks(const ScanInputs& in) {
  const Grouped read = grouped(in);
  const auto steps = std::max<int64_t>(std::lround(std::sqrt(read.length())), 1);  // of a chunk, T
  const int64_t chunks = (read.length() + steps - 1) / steps;                      // K
  // T of (N, G, X, K). What fills the last chunk up lets nothing in and nothing decay.
  const auto by_step = [&](const torch::Tensor& x) {
    return torch::constant_pad_nd(x, {0, chunks * steps - x.size(3)})
        .unflatten(3, {chunks, steps})
        .permute({4, 0, 1, 2, 3})
        .contiguous()
        .unbind(0);
  };
  const auto by_state = [&](const torch::Tensor& x) {  // (N, G, S, K) -> (N, G, 1, K, S)
    return x.transpose(2, 3).unsqueeze(2);
  };
  const auto deltas = by_step(read.delta);
  const auto inputs = by_step(read.inputs);
  const auto bs = by_step(in.b);
  const auto cs = by_step(in.c);
  const auto a = read.a.unsqueeze(2);  // (G, E, 1, S)
  const auto decay = [&](const torch::Tensor& delta) {
    return torch::exp(delta.unsqueeze(-1) * a);  // (N, G, E, K, S)
  };

  std::vector<torch::Tensor> outputs;  // T of (N, G, E, K)
  torch::Tensor state = torch::zeros(
      {read.images(), read.groups(), read.channels(), chunks, read.states()}, in.u.options());
  torch::Tensor whole = torch::zeros_like(deltas.front());
  for (size_t t = 0; t < deltas.size(); ++t) {
    state = decay(deltas[t]) * state + inputs[t].unsqueeze(-1) * by_state(bs[t]);
    outputs.push_back((state * by_state(cs[t])).sum(-1));
    whole = whole + deltas[t];
  }

  const auto decays = decay(whole).unbind(3);
  const auto ends = state.unbind(3);
  torch::Tensor carried = torch::zeros_like(ends.front());  // (N, G, E, S)
  std::vector<torch::Tensor> entering;
  for (size_t k = 0; k < ends.size(); ++k) {
    entering.push_back(carried);
    carried = decays[k] * carried + ends[k];
  }

  torch::Tensor left = torch::stack(entering, 3);
  for (size_t t = 0; t < deltas.size(); ++t) {
    left = decay(deltas[t]) * left;
    outputs[t] = outputs[t] + (left * by_state(cs[t])).sum(-1);
  }
  const auto y = torch::stack(outputs, -1).flatten(3).narrow(3, 0, read.length());
  return {.y = (y + read.skip).flatten(1, 2), .last_state = carried.flatten(1, 2).detach()};
}

ScanResult plain_selective_scan(const ScanInputs& in) {
  const Grouped read = grouped(in);
  if (torch::jit::tracer::isTracing()) {
    const auto by_position = [](const torch::Tensor& x) { return x.permute({3, 0, 1, 2}); };
    const auto outputs = recorded_scan({.rates = by_position(read.delta).unsqueeze(-1),
                                        .inputs = by_position(read.inputs).unsqueeze(-1),
                                        .a = read.a,
                                        .b = by_position(in.b).unsqueeze(-2),
                                        .c = by_position(in.c).unsqueeze(-1)});
    return {.y = (outputs.squeeze(-1).permute({1, 2, 3, 0}) + read.skip).flatten(1, 2),
            .last_state = {}};
  }

  // One node of autograd for all positions: `select` would write a whole gradient for each.
  const auto deltas = read.delta.unsqueeze(-1).unbind(3);   // L of (N, G, E, 1)
  const auto inputs = read.inputs.unsqueeze(-1).unbind(3);  // L of (N, G, E, 1)
  const auto bs = in.b.unsqueeze(2).unbind(4);              // L of (N, G, 1, S)
  const auto cs = in.c.unsqueeze(2).unbind(4);              // L of (N, G, 1, S)
  torch::Tensor state =
      torch::zeros({read.images(), read.groups(), read.channels(), read.states()}, in.u.options());
  std::vector<torch::Tensor> outputs;
  outputs.reserve(deltas.size());
  for (size_t l = 0; l < deltas.size(); ++l) {
    state = torch::exp(deltas[l] * read.a) * state + inputs[l] * bs[l];
    outputs.push_back((state * cs[l]).sum(-1));  // (N, G, E)
  }
  return {.y = (torch::stack(outputs, -1) + read.skip).flatten(1, 2),
          .last_state = state.flatten(1, 2).detach()};
}

}  // namespace

ScanResult selective_scan(const ScanInputs& in) {
  check(in);
  if (plain_operators()) {
    return plain_selective_scan(in);
  }
  return takes_scan_kernels(in.u) ? fused_selective_scan(in) : selective_scan_by_chunks(in);
}

}  // namespace mote::nn
