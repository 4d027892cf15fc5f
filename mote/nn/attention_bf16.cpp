#include <algorithm>
#include <cmath>
#include <limits>

#include "mote/core/error.h"
#include "mote/nn/attention_kernels.h"

#if defined(__x86_64__)

#pragma GCC push_options
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // of GCC 12's own intrinsics
#endif
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma,prefer-vector-width=512")

#include "mote/nn/tile_bf16.h"

namespace mote::nn {
namespace {

constexpr size_t kBlockKeys = 256;
constexpr float kLog2E = 1.44269504f;
constexpr float kLn2 = 0.693147181f;
constexpr float kNothing = -std::numeric_limits<float>::infinity();

size_t size(int64_t value) {
  return static_cast<size_t>(value);
}

/// Keys and values of a block stay in half of a second-level cache.
int64_t block_keys(const AttentionSizes& sizes) {
  const size_t fitting = (size_t{1} << 17) / size(sizes.depth + sizes.value_depth);
  return static_cast<int64_t>(std::clamp(fitting / 64 * 64, size_t{64}, kBlockKeys));
}

struct Padded {
  explicit Padded(const AttentionSizes& sizes)
      : depth(rounded_up(size(sizes.depth), 2)),
        keys(rounded_up(size(sizes.keys), kLanes)),
        value_depth(rounded_up(size(sizes.value_depth), kLanes)) {}
  size_t values_at() const { return rounded_up(keys * depth, 32); }  // in the packed memory

  size_t depth;
  size_t keys;  // multiples of 16, so pairs of keys are whole
  size_t value_depth;
};

size_t packed_bytes(const AttentionSizes& sizes) {
  const Padded padded(sizes);
  return (padded.values_at() + padded.keys * padded.value_depth) * sizeof(uint16_t);
}

struct Scratch {
  Scratch(const AttentionSizes& sizes, void* memory)
      : logits(static_cast<float*>(memory)),
        sums(logits + kRows * kBlockKeys),
        largest(sums + kAttentionRows * Padded(sizes).value_depth),
        total(largest + kAttentionRows),
        weights(reinterpret_cast<uint16_t*>(total + kAttentionRows)),
        q(weights + kRows * kBlockKeys) {}

  float* logits;      // (kRows, kBlockKeys)
  float* sums;        // (kAttentionRows, padded value depth)
  float* largest;     // (kAttentionRows)
  float* total;       // (kAttentionRows)
  uint16_t* weights;  // (kRows, kBlockKeys)
  uint16_t* q;        // (kAttentionRows, padded depth)
};

size_t scratch_bytes(const AttentionSizes& sizes) {
  const Scratch scratch(sizes, nullptr);
  return static_cast<size_t>(
      reinterpret_cast<char*>(scratch.q + kAttentionRows * Padded(sizes).depth) -
      reinterpret_cast<char*>(scratch.logits));
}

/// Keys as panels of a tile's width, pairs of their elements side by side: (pairs, width, 2).
void pack_keys(const AttentionSizes& sizes, const AttentionHead& head, size_t first, size_t count,
               uint16_t* packed) {
  const Padded padded(sizes);
  const auto* keys = static_cast<const uint16_t*>(head.k);
  for (size_t begin = first; begin < first + count; begin += kTileWidth) {
    const size_t present = std::min(kTileWidth, first + count - begin);
    const size_t width = rounded_up(present, kLanes);
    uint16_t* panel = packed + begin * padded.depth;
    std::fill_n(panel, width * padded.depth, uint16_t{0});
    for (size_t key = 0; key < present; ++key) {
      const uint16_t* row = keys + (begin + key) * size(head.k_stride);
      for (size_t i = 0; i < size(sizes.depth); ++i) {
        panel[(i / 2 * width + key) * 2 + i % 2] = row[i];
      }
    }
  }
}

/// Values as panels of a tile's width, pairs of keys side by side: (pairs, width, 2).
void pack_values(const AttentionSizes& sizes, const AttentionHead& head, size_t first, size_t count,
                 uint16_t* packed) {
  const Padded padded(sizes);
  const auto* values = static_cast<const uint16_t*>(head.v) + first * size(head.v_stride);
  uint16_t* block = packed + padded.values_at() + first * padded.value_depth;
  const size_t even = rounded_up(count, 2);
  std::fill_n(block, even * padded.value_depth, uint16_t{0});
  for (size_t begin = 0; begin < padded.value_depth; begin += kTileWidth) {
    const size_t width = std::min(kTileWidth, padded.value_depth - begin);
    const size_t present = std::min(width, size(sizes.value_depth) - begin);
    uint16_t* panel = block + begin * even;
    for (size_t key = 0; key < count; ++key) {
      const uint16_t* row = values + key * size(head.v_stride) + begin;
      for (size_t i = 0; i < present; ++i) {
        panel[(key / 2 * width + i) * 2 + key % 2] = row[i];
      }
    }
  }
}

void pack(const AttentionSizes& sizes, const AttentionHead& head, int64_t block, void* packed) {
  const size_t first = size(block * block_keys(sizes));
  const size_t count = std::min(size(block_keys(sizes)), size(sizes.keys) - first);
  pack_keys(sizes, head, first, count, static_cast<uint16_t*>(packed));
  pack_values(sizes, head, first, count, static_cast<uint16_t*>(packed));
}

/// logits (kRows, keys of the block), the last ones of a row to the next two vectors -infinity.
void tile_logits(const AttentionSizes& sizes, const uint16_t* q, const uint16_t* packed,
                 size_t first, size_t count, float* logits) {
  const size_t depth = Padded(sizes).depth;
  for (size_t begin = 0; begin < count; begin += kTileWidth) {
    const size_t width = std::min(kTileWidth, rounded_up(count - begin, kLanes));
    tile_product<false>(width / kLanes, q, depth, packed + (first + begin) * depth, depth / 2,
                        logits + begin, kBlockKeys);
  }
  const size_t padded = rounded_up(count, 2 * kLanes);
  for (size_t row = 0; row < kRows && padded > count; ++row) {
    std::fill(logits + row * kBlockKeys + count, logits + row * kBlockKeys + padded, kNothing);
  }
}

/// logits = factor * logits + log2(e) (bias + mask): what remains is a power of 2.
void add_row(const float* added, size_t count, float factor, float* logits) {
  for (size_t key = 0; key < count; ++key) {
    logits[key] = factor * logits[key] + kLog2E * added[key];
  }
}

/// A row of logits to weights exp2(factor * logit - largest), and what was summed so far with it.
inline void soften(size_t count, float factor, const float* logits, uint16_t* weights, float* sums,
                   size_t value_depth, float& largest, float& total) {
  __m512 most = _mm512_max_ps(_mm512_load_ps(logits), _mm512_load_ps(logits + kLanes));
  for (size_t key = 2 * kLanes; key < count; key += 2 * kLanes) {
    most = _mm512_max_ps(
        most, _mm512_max_ps(_mm512_load_ps(logits + key), _mm512_load_ps(logits + key + kLanes)));
  }
  const float here = factor * _mm512_reduce_max_ps(most);
  if (here > largest) {
    const __m512 shrink = _mm512_set1_ps(std::exp2(largest - here));
    for (size_t i = 0; i < value_depth; i += kLanes) {
      _mm512_store_ps(sums + i, _mm512_mul_ps(_mm512_load_ps(sums + i), shrink));
    }
    total *= std::exp2(largest - here);
    largest = here;
  }
  const __m512 from = _mm512_set1_ps(largest == kNothing ? 0.0f : largest);
  const __m512 by = _mm512_set1_ps(factor);
  __m512 sum = _mm512_setzero_ps();
  for (size_t key = 0; key < count; key += 2 * kLanes) {
    const __m512 low = exp2_of_negative(_mm512_fmsub_ps(_mm512_load_ps(logits + key), by, from));
    const __m512 high =
        exp2_of_negative(_mm512_fmsub_ps(_mm512_load_ps(logits + key + kLanes), by, from));
    sum = _mm512_add_ps(sum, _mm512_add_ps(low, high));
    _mm512_store_si512(weights + key, (__m512i)_mm512_cvtne2ps_pbh(high, low));
  }
  total += _mm512_reduce_add_ps(sum);
}

/// kRows queries from `row` of the task on, against one block of keys.
void attend_block(const AttentionSizes& sizes, const AttentionHead& head, const uint16_t* packed,
                  size_t first_key, size_t keys, size_t query, size_t row, size_t rows,
                  const Scratch& scratch) {
  const Padded padded(sizes);
  tile_logits(sizes, scratch.q + row * padded.depth, packed, first_key, keys, scratch.logits);
  for (size_t i = 0; i < rows; ++i) {
    float* logits = scratch.logits + i * kBlockKeys;
    const size_t offset = (query + row + i) * size(sizes.keys) + first_key;
    float factor = sizes.scale * kLog2E;
    for (const float* added : {head.bias, head.mask}) {
      if (added == nullptr) continue;
      add_row(added + offset, keys, factor, logits);
      factor = 1;
    }
    soften(keys, factor, logits, scratch.weights + i * kBlockKeys,
           scratch.sums + (row + i) * padded.value_depth, padded.value_depth,
           scratch.largest[row + i], scratch.total[row + i]);
  }
  const size_t even = rounded_up(keys, 2);
  const uint16_t* values = packed + padded.values_at() + first_key * padded.value_depth;
  for (size_t begin = 0; begin < padded.value_depth; begin += kTileWidth) {
    const size_t width = std::min(kTileWidth, padded.value_depth - begin);
    tile_product<true>(width / kLanes, scratch.weights, kBlockKeys, values + begin * even, even / 2,
                       scratch.sums + row * padded.value_depth + begin, padded.value_depth);
  }
}

/// The rows that complete the last tile are copies of the last query.
void load_queries(const AttentionSizes& sizes, const AttentionHead& head, size_t first,
                  size_t count, const Scratch& scratch) {
  const Padded padded(sizes);
  const size_t filled = rounded_up(count, kRows);
  for (size_t row = 0; row < filled; ++row) {
    const uint16_t* q = static_cast<const uint16_t*>(head.q) +
                        (first + std::min(row, count - 1)) * size(head.q_stride);
    uint16_t* to = scratch.q + row * padded.depth;
    to[padded.depth - 1] = 0;
    std::copy_n(q, size(sizes.depth), to);
  }
  std::fill_n(scratch.sums, filled * padded.value_depth, 0.0f);
  std::fill_n(scratch.largest, kAttentionRows, kNothing);
  std::fill_n(scratch.total, kAttentionRows, 0.0f);
}

void store_results(const AttentionSizes& sizes, const AttentionHead& head, size_t first,
                   size_t count, const Scratch& scratch) {
  const size_t width = size(sizes.value_depth);
  for (size_t row = 0; row < count; ++row) {
    const float* sums = scratch.sums + row * Padded(sizes).value_depth;
    uint16_t* out = static_cast<uint16_t*>(head.out) + (first + row) * size(head.out_stride);
    const __m512 inverse = _mm512_set1_ps(1 / scratch.total[row]);
    for (size_t i = 0; i < width; i += kLanes) {
      store_bf16(_mm512_mul_ps(_mm512_load_ps(sums + i), inverse), out + i,
                 std::min(kLanes, width - i));
    }
    if (head.log_sum != nullptr) {
      head.log_sum[first + row] = kLn2 * (scratch.largest[row] + std::log2(scratch.total[row]));
    }
  }
}

void attend(const AttentionSizes& sizes, const AttentionHead& head, const void* packed,
            int64_t first, int64_t count, void* memory) {
  const Scratch scratch(sizes, memory);
  const size_t rows = size(count);
  load_queries(sizes, head, size(first), rows, scratch);
  const size_t step = size(block_keys(sizes));
  for (size_t key = 0; key < size(sizes.keys); key += step) {
    for (size_t row = 0; row < rows; row += kRows) {
      attend_block(sizes, head, static_cast<const uint16_t*>(packed), key,
                   std::min(step, size(sizes.keys) - key), size(first), row,
                   std::min(kRows, rows - row), scratch);
    }
  }
  store_results(sizes, head, size(first), rows, scratch);
}

}  // namespace

const AttentionKernels& bf16_attention() {
  static const AttentionKernels table{.block_keys = block_keys,
                                      .packed_bytes = packed_bytes,
                                      .scratch_bytes = scratch_bytes,
                                      .pack = pack,
                                      .attend = attend};
  return table;
}

}  // namespace mote::nn

#pragma GCC pop_options

#else

namespace mote::nn {

const AttentionKernels& bf16_attention() {
  throw Error(ErrorKind::kUnsupported, "this processor does not multiply bfloat16");
}

}  // namespace mote::nn

#endif
