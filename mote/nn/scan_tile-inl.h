// What the forward and the backward scan share, for one instruction set: included once for each, as
// Highway's foreach_target.h does, so its guard is one of Highway's and no `#pragma once`.
#if defined(MOTE_NN_SCAN_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MOTE_NN_SCAN_TILE_INL_H_
#undef MOTE_NN_SCAN_TILE_INL_H_
#else
#define MOTE_NN_SCAN_TILE_INL_H_
#endif

#include <algorithm>
#include <cstring>
#include <vector>

#include <hwy/aligned_allocator.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include "mote/nn/scan_kernel.h"
#include "mote/nn/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mote::nn::scan {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using namespace vector_math::HWY_NAMESPACE;
using Channels = hn::CappedTag<float, 16>;
using Vector = hn::Vec<Channels>;

constexpr int64_t kLanes = HWY_MAX_BYTES >= 64 ? 16 : HWY_MAX_BYTES / 4;
constexpr int64_t kSteps = 32;  // of a tile: its tables stay in the first cache
constexpr int64_t kGroup = 4;   // states that are in registers together

HWY_INLINE Vector load_lanes(const float* from, int64_t count) {
  const Channels d;
  if (count >= kLanes) {
    return hn::LoadU(d, from);
  }
  HWY_ALIGN float padded[kLanes] = {};
  std::copy_n(from, count, padded);
  return hn::Load(d, padded);
}

HWY_INLINE void store_lanes(Vector v, float* to, int64_t count) {
  const Channels d;
  if (count >= kLanes) {
    hn::StoreU(v, d, to);
    return;
  }
  HWY_ALIGN float padded[kLanes];
  hn::Store(v, d, padded);
  std::copy_n(padded, count, to);
}

using Table = hwy::AlignedFreeUniquePtr<float[]>;

inline Table table(int64_t rows, int64_t columns) {
  Table memory = hwy::AllocateAligned<float>(static_cast<size_t>(rows * columns));
  std::fill_n(memory.get(), rows * columns, 0.0F);
  return memory;
}

/// One vector of channels: its constants, its states, and the tables of the steps at hand.
struct Block {
  Block(const ScanDirection& in, int64_t first_channel, int64_t padded)
      : first(first_channel),
        count(std::min(kLanes, in.channels - first_channel)),
        weight(table(std::max<int64_t>(in.rank, 1), kLanes)),
        a(table(padded, kLanes)),
        state(table(padded, kLanes)),
        delta(table(kSteps, kLanes)),
        delta_u(table(kSteps, kLanes)),
        slope(table(kSteps, kLanes)),
        y(table(kSteps, kLanes)) {
    const Channels d;
    for (int64_t r = 0; r < in.rank; ++r) {
      hn::Store(load_lanes(in.rate_weight + r * in.channels + first, count), d,
                weight.get() + r * kLanes);
    }
    for (int64_t n = 0; n < in.states; ++n) {
      const auto rates = load_lanes(in.a + n * in.channels + first, count);
      hn::Store(hn::Mul(rates, hn::Set(d, kLog2E)), d, a.get() + n * kLanes);
    }
  }

  int64_t first;
  int64_t count;  // of channels
  Table weight;   // (rank, lanes)
  Table a;        // (padded, lanes), times log2(e)
  Table state;    // (padded, lanes)
  Table delta;    // (steps, lanes)
  Table delta_u;  // (steps, lanes)
  Table slope;    // (steps, lanes): of softplus
  Table y;        // (steps, lanes)
};

/// The steps at hand, with what they share among the channels.
struct Tile {
  explicit Tile(const ScanDirection& direction)
      : in(direction),
        padded((direction.states + kGroup - 1) / kGroup * kGroup),
        b(table(kSteps, padded)),
        c(table(kSteps, padded)) {}

  const ScanDirection& in;
  int64_t padded;  // states, in whole groups
  int64_t steps = 0;
  int64_t positions[kSteps] = {};
  Table b;  // (steps, padded)
  Table c;  // (steps, padded)
};

inline std::vector<Block> blocks_of(const Tile& tile, int64_t first_channel) {
  std::vector<Block> blocks;
  const int64_t end = std::min(tile.in.channels, first_channel + kScanChannels);
  for (int64_t first = first_channel; first < end; first += kLanes) {
    blocks.emplace_back(tile.in, first, tile.padded);
  }
  return blocks;
}

inline void copy_states(const float* from, int64_t states, float* to) {
  if (states == 16) {
    std::memcpy(to, from, 16 * sizeof(float));  // as published; a copy of known size is no call
  } else {
    std::copy_n(from, states, to);
  }
}

/// Asks for what step `step` reads before it is needed: by columns every row is in another page.
inline void prefetch(const ScanDirection& in, int64_t step, int64_t first_channel) {
  const int64_t position = in.order.position(step);
  const float* u = in.u + position * in.u_stride + first_channel;
  const float* b = in.b + position * in.bc_stride;
  for (int64_t i = 0; i < kScanChannels; i += 16) {
    hwy::Prefetch(u + i);
  }
  hwy::Prefetch(b);
  hwy::Prefetch(in.c + position * in.bc_stride);
  hwy::Prefetch(in.rates + position * in.rates_stride);
}

inline void visit(Tile& tile, int64_t first_step, int64_t first_channel) {
  const ScanDirection& in = tile.in;
  tile.steps = std::min(kSteps, in.order.length() - first_step);
  for (int64_t t = 0; t < tile.steps; ++t) {
    tile.positions[t] = in.order.position(first_step + t);
  }
  for (int64_t t = 0; t < tile.steps; ++t) {
    const int64_t row = tile.positions[t] * in.bc_stride;
    copy_states(in.b + row, in.states, tile.b.get() + t * tile.padded);
    copy_states(in.c + row, in.states, tile.c.get() + t * tile.padded);
  }
  const int64_t next = std::min(first_step + 2 * kSteps, in.order.length());
  for (int64_t step = first_step + kSteps; step < next; ++step) {
    prefetch(in, step, first_channel);
  }
}

/// delta before softplus of `kRows` steps from t on.
template <int kRows>
HWY_INLINE void raw_rates(const Tile& tile, const Block& block, int64_t t, Vector bias,
                          Vector* out) {
  const Channels d;
  const float* rows[kRows];
  for (int i = 0; i < kRows; ++i) {
    rows[i] = tile.in.rates + tile.positions[t + i] * tile.in.rates_stride;
    out[i] = bias;
  }
  for (int64_t r = 0; r < tile.in.rank; ++r) {
    const auto weight = hn::Load(d, block.weight.get() + r * kLanes);
    for (int i = 0; i < kRows; ++i) {
      out[i] = hn::MulAdd(weight, hn::Set(d, rows[i][r]), out[i]);
    }
  }
  if (tile.in.rank == 0) {
    for (int i = 0; i < kRows; ++i) {
      out[i] = hn::Add(out[i], load_lanes(rows[i] + block.first, block.count));
    }
  }
}

/// Fills the tables of a step from its rates before softplus.
HWY_INLINE void prepare_step(const Tile& tile, Block& block, int64_t t, Vector raw,
                             bool with_slope) {
  const Channels d;
  const auto one = hn::Set(d, 1.0F);
  const auto e = exp2_negative(hn::Mul(hn::Abs(raw), hn::Set(d, -kLog2E)));
  const auto delta = hn::Add(hn::Max(raw, hn::Zero(d)), log1p_of_fraction(e));
  const auto u =
      load_lanes(tile.in.u + tile.positions[t] * tile.in.u_stride + block.first, block.count);
  hn::Store(delta, d, block.delta.get() + t * kLanes);
  hn::Store(hn::Mul(delta, u), d, block.delta_u.get() + t * kLanes);
  if (with_slope) {
    const auto numerator = hn::IfThenElse(hn::Lt(raw, hn::Zero(d)), e, one);
    hn::Store(hn::Div(numerator, hn::Add(one, e)), d, block.slope.get() + t * kLanes);
  }
}

inline void prepare(const Tile& tile, Block& block, bool with_slope) {
  const auto bias = load_lanes(tile.in.rate_bias + block.first, block.count);
  int64_t t = 0;
  Vector raw[4];
  for (; t + 4 <= tile.steps; t += 4) {
    raw_rates<4>(tile, block, t, bias, raw);
    for (int i = 0; i < 4; ++i) {
      prepare_step(tile, block, t + i, raw[i], with_slope);
    }
  }
  for (; t < tile.steps; ++t) {
    raw_rates<1>(tile, block, t, bias, raw);
    prepare_step(tile, block, t, raw[0], with_slope);
  }
}

/// The step of one state: h = exp(delta A) h + delta u B.
HWY_INLINE Vector advanced(Vector h, Vector delta, Vector a, Vector delta_u, float b) {
  return hn::MulAdd(exp2_negative(hn::Mul(delta, a)), h, hn::Mul(delta_u, hn::Set(Channels(), b)));
}

/// Takes the states n to n + 3 through the steps of the tile, and adds their part of y.
template <bool kWithY>
void scan_group(const Tile& tile, Block& block, int64_t n) {
  const Channels d;
  const float* a = block.a.get() + n * kLanes;
  float* state = block.state.get() + n * kLanes;
  const auto a0 = hn::Load(d, a);
  const auto a1 = hn::Load(d, a + kLanes);
  const auto a2 = hn::Load(d, a + 2 * kLanes);
  const auto a3 = hn::Load(d, a + 3 * kLanes);
  auto h0 = hn::Load(d, state);
  auto h1 = hn::Load(d, state + kLanes);
  auto h2 = hn::Load(d, state + 2 * kLanes);
  auto h3 = hn::Load(d, state + 3 * kLanes);
  for (int64_t t = 0; t < tile.steps; ++t) {
    const auto delta = hn::Load(d, block.delta.get() + t * kLanes);
    const auto delta_u = hn::Load(d, block.delta_u.get() + t * kLanes);
    const float* b = tile.b.get() + t * tile.padded + n;
    h0 = advanced(h0, delta, a0, delta_u, b[0]);
    h1 = advanced(h1, delta, a1, delta_u, b[1]);
    h2 = advanced(h2, delta, a2, delta_u, b[2]);
    h3 = advanced(h3, delta, a3, delta_u, b[3]);
    if constexpr (kWithY) {
      const float* c = tile.c.get() + t * tile.padded + n;
      float* y = block.y.get() + t * kLanes;
      auto sum = hn::MulAdd(h0, hn::Set(d, c[0]), hn::Load(d, y));
      sum = hn::MulAdd(h1, hn::Set(d, c[1]), sum);
      sum = hn::MulAdd(h2, hn::Set(d, c[2]), sum);
      hn::Store(hn::MulAdd(h3, hn::Set(d, c[3]), sum), d, y);
    }
  }
  hn::Store(h0, d, state);
  hn::Store(h1, d, state + kLanes);
  hn::Store(h2, d, state + 2 * kLanes);
  hn::Store(h3, d, state + 3 * kLanes);
}

}  // namespace HWY_NAMESPACE
}  // namespace mote::nn::scan
HWY_AFTER_NAMESPACE();

#endif
