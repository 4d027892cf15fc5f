#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "mote/nn/attention_kernels.h"

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mote/nn/attention_float32.cpp"
#include <hwy/foreach_target.h>

#include "mote/nn/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mote::nn::HWY_NAMESPACE {
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
  const size_t fitting = (size_t{1} << 16) / size(sizes.depth + sizes.value_depth);
  return static_cast<int64_t>(std::clamp(fitting / 64 * 64, size_t{64}, kBlockKeys));
}

size_t blocks(const AttentionSizes& sizes) {
  return (size(sizes.keys) + size(block_keys(sizes)) - 1) / size(block_keys(sizes));
}

struct Padded {
  explicit Padded(const AttentionSizes& sizes)
      : depth(size(sizes.depth)),
        keys(rounded_up(size(sizes.keys), lanes())),
        value_depth(rounded_up(size(sizes.value_depth), lanes())) {}
  size_t values_at() const { return rounded_up(keys * depth, 16); }  // in the packed memory
  size_t panels() const { return (value_depth + tile_width() - 1) / tile_width(); }

  size_t depth;
  size_t keys;
  size_t value_depth;
};

size_t packed_bytes(const AttentionSizes& sizes) {
  const Padded padded(sizes);
  return (padded.values_at() + size(sizes.keys) * padded.value_depth) * sizeof(float) +
         blocks(sizes) * padded.panels();
}

/// Of the block that begins with key `first`, for each panel of values, whether all are zero.
template <typename Float>
auto* blanks_of_block(const AttentionSizes& sizes, size_t first, Float* packed) {
  using Flag = std::conditional_t<std::is_const_v<Float>, const bool, bool>;
  const Padded padded(sizes);
  Float* end = packed + padded.values_at() + size(sizes.keys) * padded.value_depth;
  return reinterpret_cast<Flag*>(end) + first / size(block_keys(sizes)) * padded.panels();
}

/// A query's running maximum and sum are carried from block to block, in base 2.
struct Scratch {
  Scratch(const AttentionSizes& sizes, void* memory)
      : q(static_cast<float*>(memory)),
        logits(q + rounded_up(kAttentionRows * size(sizes.depth), 16)),
        sums(logits + kRows * kBlockKeys),
        largest(sums + kAttentionRows * Padded(sizes).value_depth),
        total(largest + kAttentionRows) {}

  float* q;        // (kAttentionRows, depth), scaled
  float* logits;   // (kRows, kBlockKeys)
  float* sums;     // (kAttentionRows, padded value depth)
  float* largest;  // (kAttentionRows)
  float* total;    // (kAttentionRows)
};

size_t scratch_bytes(const AttentionSizes& sizes) {
  const Scratch scratch(sizes, nullptr);
  return static_cast<size_t>(reinterpret_cast<char*>(scratch.total + kAttentionRows) -
                             reinterpret_cast<char*>(scratch.q));
}

/// Keys as panels of a tile's width, transposed: (depth, width) each.
void pack_keys(const AttentionSizes& sizes, const AttentionHead& head, size_t first, size_t count,
               float* packed) {
  const size_t depth = size(sizes.depth);
  const float* keys = static_cast<const float*>(head.k);
  for (size_t begin = first; begin < first + count; begin += tile_width()) {
    const size_t present = std::min(tile_width(), first + count - begin);
    const size_t width = rounded_up(present, lanes());
    float* panel = packed + begin * depth;
    for (size_t key = 0; key < width; ++key) {
      if (key >= present) {
        for (size_t i = 0; i < depth; ++i) panel[i * width + key] = 0;
        continue;
      }
      const float* row = keys + (begin + key) * size(head.k_stride);
      for (size_t i = 0; i < depth; ++i) panel[i * width + key] = row[i];
    }
  }
}

/// Values as panels of a tile's width: (keys of the block, width) each.
void pack_values(const AttentionSizes& sizes, const AttentionHead& head, size_t first, size_t count,
                 float* packed) {
  const Padded padded(sizes);
  const float* values = static_cast<const float*>(head.v) + first * size(head.v_stride);
  float* block = packed + padded.values_at() + first * padded.value_depth;
  bool* blanks = blanks_of_block(sizes, first, packed);
  for (size_t begin = 0; begin < padded.value_depth; begin += tile_width()) {
    const size_t width = std::min(tile_width(), padded.value_depth - begin);
    const size_t present = std::min(width, size(sizes.value_depth) - begin);
    float* panel = block + begin * count;
    bool& blank = blanks[begin / tile_width()];
    blank = true;
    for (size_t key = 0; key < count; ++key) {
      const float* row = values + key * size(head.v_stride) + begin;
      blank = blank && std::all_of(row, row + present, [](float value) { return value == 0; });
      std::copy(row, row + present, panel + key * width);
      std::fill(panel + key * width + present, panel + (key + 1) * width, 0.0f);
    }
  }
}

void pack(const AttentionSizes& sizes, const AttentionHead& head, int64_t block, void* packed) {
  const size_t first = size(block * block_keys(sizes));
  const size_t count = std::min(size(block_keys(sizes)), size(sizes.keys) - first);
  pack_keys(sizes, head, first, count, static_cast<float*>(packed));
  pack_values(sizes, head, first, count, static_cast<float*>(packed));
}

/// logits (kRows, keys of the block), the last ones of a row to the next vector -infinity.
void tile_logits(const AttentionSizes& sizes, const float* q, const float* packed, size_t first,
                 size_t count, float* logits) {
  const size_t depth = size(sizes.depth);
  for (size_t begin = 0; begin < count; begin += tile_width()) {
    const size_t width = std::min(tile_width(), rounded_up(count - begin, lanes()));
    tile_product<false>(width / lanes(), q, depth, packed + (first + begin) * depth, depth,
                        logits + begin, kBlockKeys);
  }
  const size_t padded = rounded_up(count, lanes());
  for (size_t row = 0; row < kRows && padded > count; ++row) {
    std::fill(logits + row * kBlockKeys + count, logits + row * kBlockKeys + padded, kNothing);
  }
}

void add_row(const float* added, size_t count, float* logits) {
  for (size_t key = 0; key < count; ++key) {
    logits[key] += kLog2E * added[key];
  }
}

/// Turns a row of logits into exp2(logit - largest), and what was summed so far with it.
HWY_INLINE void soften(size_t count, float* HWY_RESTRICT logits, float* HWY_RESTRICT sums,
                       size_t value_depth, float& largest, float& total) {
  const Floats d;
  FloatVec most = hn::Load(d, logits);
  for (size_t key = lanes(); key < count; key += lanes()) {
    most = hn::Max(most, hn::Load(d, logits + key));
  }
  const float here = hn::GetLane(hn::MaxOfLanes(d, most));
  if (here > largest) {
    const float factor = std::exp2(largest - here);
    for (size_t i = 0; i < value_depth; i += lanes()) {
      hn::Store(hn::Mul(hn::Load(d, sums + i), hn::Set(d, factor)), d, sums + i);
    }
    total *= factor;
    largest = here;
  }
  const FloatVec from = hn::Set(d, largest == kNothing ? 0.0f : largest);
  FloatVec sum = hn::Zero(d);
  for (size_t key = 0; key < count; key += lanes()) {
    const FloatVec power = exp2_of_negative(hn::Sub(hn::Load(d, logits + key), from));
    sum = hn::Add(sum, power);
    hn::Store(power, d, logits + key);
  }
  total += hn::GetLane(hn::SumOfLanes(d, sum));
}

/// kRows queries from `row` of the task on, against one block of keys.
void attend_block(const AttentionSizes& sizes, const AttentionHead& head, const float* packed,
                  size_t first_key, size_t keys, size_t query, size_t row, size_t rows,
                  const Scratch& scratch) {
  const Padded padded(sizes);
  tile_logits(sizes, scratch.q + row * padded.depth, packed, first_key, keys, scratch.logits);
  for (size_t i = 0; i < rows; ++i) {
    float* logits = scratch.logits + i * kBlockKeys;
    const size_t offset = (query + row + i) * size(sizes.keys) + first_key;
    if (head.bias != nullptr) add_row(head.bias + offset, keys, logits);
    if (head.mask != nullptr) add_row(head.mask + offset, keys, logits);
    soften(keys, logits, scratch.sums + (row + i) * padded.value_depth, padded.value_depth,
           scratch.largest[row + i], scratch.total[row + i]);
  }
  const float* values = packed + padded.values_at() + first_key * padded.value_depth;
  const bool* blanks = blanks_of_block(sizes, first_key, packed);
  for (size_t begin = 0; begin < padded.value_depth; begin += tile_width()) {
    if (blanks[begin / tile_width()]) {
      continue;
    }
    const size_t width = std::min(tile_width(), padded.value_depth - begin);
    tile_product<true>(width / lanes(), scratch.logits, kBlockKeys, values + begin * keys, keys,
                       scratch.sums + row * padded.value_depth + begin, padded.value_depth);
  }
}

/// The queries of a task, scaled so that powers of 2 replace those of e; the rows that complete the
/// last tile are copies of the last query.
void load_queries(const AttentionSizes& sizes, const AttentionHead& head, size_t first,
                  size_t count, const Scratch& scratch) {
  const size_t depth = size(sizes.depth);
  const float scale = sizes.scale * kLog2E;
  const size_t filled = rounded_up(count, kRows);
  for (size_t row = 0; row < filled; ++row) {
    const float* q = static_cast<const float*>(head.q) +
                     (first + std::min(row, count - 1)) * size(head.q_stride);
    for (size_t i = 0; i < depth; ++i) {
      scratch.q[row * depth + i] = scale * q[i];
    }
  }
  std::fill_n(scratch.sums, filled * Padded(sizes).value_depth, 0.0f);
  std::fill_n(scratch.largest, kAttentionRows, kNothing);
  std::fill_n(scratch.total, kAttentionRows, 0.0f);
}

void store_results(const AttentionSizes& sizes, const AttentionHead& head, size_t first,
                   size_t count, const Scratch& scratch) {
  for (size_t row = 0; row < count; ++row) {
    const float* sums = scratch.sums + row * Padded(sizes).value_depth;
    float* out = static_cast<float*>(head.out) + (first + row) * size(head.out_stride);
    const float inverse = 1 / scratch.total[row];
    for (size_t i = 0; i < size(sizes.value_depth); ++i) {
      out[i] = sums[i] * inverse;
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
      attend_block(sizes, head, static_cast<const float*>(packed), key,
                   std::min(step, size(sizes.keys) - key), size(first), row,
                   std::min(kRows, rows - row), scratch);
    }
  }
  store_results(sizes, head, size(first), rows, scratch);
}

const AttentionKernels& kernels() {
  static const AttentionKernels table{.block_keys = block_keys,
                                      .packed_bytes = packed_bytes,
                                      .scratch_bytes = scratch_bytes,
                                      .pack = pack,
                                      .attend = attend};
  return table;
}

}  // namespace

const AttentionKernels* attention_table() {
  return &kernels();
}

}  // namespace mote::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mote::nn {

HWY_EXPORT(attention_table);

const AttentionKernels& float32_attention() {
  return *HWY_DYNAMIC_DISPATCH(attention_table)();
}

}  // namespace mote::nn
#endif
