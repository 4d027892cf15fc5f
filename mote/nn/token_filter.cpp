#include "mote/nn/token_filter.h"

#include <algorithm>

#include "mote/nn/kernels.h"
#include "mote/nn/token_filter_kernel.h"

namespace mote::nn {
namespace {

torch::Tensor plain(const torch::Tensor& tokens, const torch::Tensor& gate,
                    const torch::Tensor& weight, Size map) {
  const int64_t gates = gate.size(2);
  torch::Tensor gated = tokens.narrow(2, 0, gates) * gate;
  if (gates < tokens.size(2)) {
    gated = torch::cat({gated, tokens.narrow(2, gates, tokens.size(2) - gates)}, 2);
  }
  const torch::Tensor image =
      gated.transpose(1, 2).reshape({gated.size(0), gated.size(2), map.height, map.width});
  const int64_t margin = weight.size(2) / 2;
  return torch::conv2d(image, weight, {}, 1, margin, 1, weight.size(0)).flatten(2).transpose(1, 2);
}

torch::Tensor fast(const torch::Tensor& tokens, const torch::Tensor& gate,
                   const torch::Tensor& weight, Size map) {
  const torch::Tensor taps = weight.flatten(1).t().contiguous();  // (k k, C)
  const torch::Tensor in = tokens.contiguous();
  const torch::Tensor gates = gate.contiguous();
  torch::Tensor out = torch::empty_like(in);
  for (int64_t n = 0; n < in.size(0); ++n) {
    token_filter_kernel({.tokens = in[n].data_ptr<float>(),
                         .gate = gates[n].data_ptr<float>(),
                         .taps = taps.data_ptr<float>(),
                         .out = out[n].data_ptr<float>(),
                         .height = map.height,
                         .width = map.width,
                         .channels = in.size(2),
                         .gates = gates.size(2)});
  }
  return out;
}

}  // namespace

torch::Tensor gated_filter(const torch::Tensor& tokens, const torch::Tensor& gate,
                           const torch::Tensor& weight, Size map) {
  const bool fits = weight.size(2) == kFilterTaps && weight.size(3) == kFilterTaps &&
                    tokens.size(2) % kFilterChannels == 0 && gate.size(2) % kFilterChannels == 0;
  if (fits && kernels_take({tokens, gate, weight})) {
    return fast(tokens, gate, weight, map);
  }
  return plain(tokens, gate, weight, map);
}

}  // namespace mote::nn
