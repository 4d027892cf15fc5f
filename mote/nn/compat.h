#pragma once

#include <cmath>

#include <torch/torch.h>
#include <torch/version.h>

/// The differences between libtorch 1.13 and 2.x.
namespace mote::nn {

#if TORCH_VERSION_MAJOR >= 2
/// libtorch's own fused attention; `mask` is added to the logits where it is defined.
inline torch::Tensor libtorch_attention(const torch::Tensor& q, const torch::Tensor& k,
                                        const torch::Tensor& v, const torch::Tensor& mask,
                                        double scale) {
  // It scales by 1 / sqrt(depth), and an argument for another scale came later than 2.0.
  const double more = scale * std::sqrt(static_cast<double>(q.size(3)));
  const torch::Tensor scaled = std::abs(more - 1) < 1e-12 ? q : q * more;
  c10::optional<torch::Tensor> added;
  if (mask.defined()) {
    added = mask.to(q.dtype());
  }
  return at::scaled_dot_product_attention(scaled, k, v, added);
}
#endif

}  // namespace mote::nn
