#pragma once

#include <optional>

#include <torch/torch.h>

namespace mote::nn {

struct AttentionOptions {
  std::optional<double> scale;  ///< of q k^T; 1 / sqrt(depth of q) where absent
  torch::Tensor bias = {};      ///< (heads, queries, keys), added for every image or window
  torch::Tensor mask = {};      ///< (windows, queries, keys), added for every head: 0, or -100 or
                                ///< -infinity where a query does not see a key
};

/// softmax(scale * q k^T + bias + mask) v over the keys, per image (or window) and head.
///
/// Vaswani et al., "Attention Is All You Need", NeurIPS 2017 (arXiv:1706.03762), sec. 3.2.1; the
/// bias and the mask as in Liu et al., "Swin Transformer", ICCV 2021 (arXiv:2103.14030), sec. 3.2.
///
/// The tensors may be views with any strides (the heads cut out of one projection, say). In the
/// result's memory the heads of a query lie next to each other, so that `transpose(1, 2)` and
/// `flatten(2)` make tokens of it without a copy.
///
/// Shapes: q (N, heads, queries, depth), k (N, heads, keys, depth), v (N, heads, keys, value depth)
/// -> (N, heads, queries, value depth). With a mask, N is a multiple of `windows`, and image n
/// takes mask n mod `windows`.
/// A query that sees no key at all (every logit -infinity) gives NaN, as softmax does; 0 where
/// libtorch 2.5 or newer computes it (tensors that mote's kernels do not take).
/// Throws kUsage for shapes that disagree.
torch::Tensor attention(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v,
                        const AttentionOptions& options = {});

/// (N, heads, tokens, depth) -> (N, tokens, heads * depth), the heads side by side.
torch::Tensor join_heads(const torch::Tensor& heads);

}  // namespace mote::nn
