#pragma once

#include "mote/nn/attention.h"

namespace mote::nn {

/// Whether `tiled_attention` takes these tensors: float32 on the CPU, or bfloat16 without gradients
/// where the processor multiplies it; no gradient of the mask.
bool can_tile_attention(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v,
                        const AttentionOptions& options);

/// `attention` by AttentionKernels on all threads. Its gradients are computed by ranges of queries
/// from the logarithm of each query's sum (Dao et al., "FlashAttention", NeurIPS 2022,
/// arXiv:2205.14135, appendix B), so that no matrix of all queries by all keys exists there either.
/// Throws kUnsupported for gradients of gradients.
torch::Tensor tiled_attention(const torch::Tensor& q, const torch::Tensor& k,
                              const torch::Tensor& v, double scale,
                              const AttentionOptions& options);

/// Keys and values of one head, packed once to be looked up by many queries. Float32 on the CPU,
/// without gradients. Values that are zero for some 64 keys in a row and some 64 channels cost
/// nothing.
class PackedMemory {
 public:
  PackedMemory() = default;

  /// Shapes: key (M, D), value (M, C).
  PackedMemory(const torch::Tensor& key, const torch::Tensor& value);

  /// softmax(query key^T / sqrt(D)) value.
  ///
  /// Shapes: query (T, D) -> (T, C).
  torch::Tensor attend(const torch::Tensor& query) const;

 private:
  int64_t keys_ = 0;
  int64_t depth_ = 0;
  int64_t value_depth_ = 0;
  torch::Tensor packed_;
};

}  // namespace mote::nn
