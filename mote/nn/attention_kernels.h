#pragma once

#include <cstddef>
#include <cstdint>

namespace mote::nn {

/// One image and head. Rows of depth elements lie `..._stride` elements apart; elements are float,
/// or bfloat16 as uint16_t, as the kernels say.
struct AttentionHead {
  const void* q = nullptr;
  const void* k = nullptr;
  const void* v = nullptr;
  int64_t q_stride = 0;
  int64_t k_stride = 0;
  int64_t v_stride = 0;
  const float* bias = nullptr;  ///< (queries, keys), or none
  const float* mask = nullptr;  ///< (queries, keys), or none
  void* out = nullptr;
  int64_t out_stride = 0;
  float* log_sum = nullptr;  ///< (queries): ln of the sum of exp(logits), or not wanted
};

struct AttentionSizes {
  int64_t queries = 0;
  int64_t keys = 0;
  int64_t depth = 0;
  int64_t value_depth = 0;
  float scale = 1;
};

/// Attention of one head by blocks of keys, with the softmax carried along (Milakov and
/// Gimelshein, "Online normalizer calculation for softmax", 2018, arXiv:1805.02867; Dao et al.,
/// "FlashAttention", NeurIPS 2022, arXiv:2205.14135): no matrix of all queries by all keys exists.
///
/// Keys and values are packed once (`pack`, block by block), then any rows of queries can be
/// computed, in any order and on any thread; a row's value does not depend on the division. In
/// float32, values that are zero for a whole block cost nothing.
struct AttentionKernels {
  /// Keys of a block.
  int64_t (*block_keys)(const AttentionSizes& sizes);
  /// Bytes of the packed keys and values of a head, and of the scratch memory of `attend`.
  size_t (*packed_bytes)(const AttentionSizes& sizes);
  size_t (*scratch_bytes)(const AttentionSizes& sizes);
  void (*pack)(const AttentionSizes& sizes, const AttentionHead& head, int64_t block, void* packed);
  /// Queries first to first + count - 1. Memory is aligned to 64 bytes.
  void (*attend)(const AttentionSizes& sizes, const AttentionHead& head, const void* packed,
                 int64_t first, int64_t count, void* scratch);
};

/// Rows of queries that one call of `attend` should get, so that a block of keys serves them all.
inline constexpr int64_t kAttentionRows = 48;

/// float in and out, sums in float: by Highway for the processor at hand.
const AttentionKernels& float32_attention();

/// bfloat16 in and out, sums in float. Only where has_fast_bf16().
const AttentionKernels& bf16_attention();

}  // namespace mote::nn
