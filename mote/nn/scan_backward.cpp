#include "mote/nn/scan_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mote/nn/scan_backward.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "mote/nn/scan_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mote::nn::scan {
namespace HWY_NAMESPACE {

HWY_INLINE void add_lanes(Vector v, float* to, int64_t count) {
  store_lanes(hn::Add(load_lanes(to, count), v), to, count);
}

#if HWY_TARGET == HWY_SCALAR
HWY_INLINE void add_sums(Vector v0, Vector v1, Vector v2, Vector v3, float* to) {
  to[0] += hn::GetLane(v0);
  to[1] += hn::GetLane(v1);
  to[2] += hn::GetLane(v2);
  to[3] += hn::GetLane(v3);
}
#else
using Four = hn::FixedTag<float, 4>;

HWY_INLINE hn::Vec<Four> fold(hn::Vec<Four> v) {
  return v;
}
template <class V>
HWY_INLINE hn::Vec<Four> fold(V v) {
  const hn::Half<hn::DFromV<V>> half;
  return fold(hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
}

/// Adds the sums over the lanes of four vectors to four numbers.
HWY_INLINE void add_sums(Vector v0, Vector v1, Vector v2, Vector v3, float* to) {
  const Four d;
  const auto a = fold(v0);
  const auto b = fold(v1);
  const auto c = fold(v2);
  const auto e = fold(v3);
  const auto ab = hn::Add(hn::InterleaveLower(d, a, b), hn::InterleaveUpper(d, a, b));
  const auto ce = hn::Add(hn::InterleaveLower(d, c, e), hn::InterleaveUpper(d, c, e));
  const auto sums = hn::Add(hn::ConcatLowerLower(d, ce, ab), hn::ConcatUpperUpper(d, ce, ab));
  hn::StoreU(hn::Add(hn::LoadU(d, to), sums), d, to);
}
#endif

void scan_states(const Tile& tile, Block& block) {
  for (int64_t n = 0; n < tile.padded; n += kGroup) {
    scan_group<false>(tile, block, n);
  }
}

/// What the backward pass keeps of a block besides its tables.
struct Gradients {
  explicit Gradients(const Tile& tile)
      : checkpoints(table((tile.in.order.length() + kSteps - 1) / kSteps, tile.padded * kLanes)),
        carry(table(tile.padded, kLanes)),
        a(table(tile.padded, kLanes)),
        d(table(1, kLanes)) {}

  Table checkpoints;  // (tiles, padded, lanes): the states before each tile
  Table carry;        // (padded, lanes): gradient of the states, from the step after
  Table a;            // (padded, lanes)
  Table d;            // (lanes)
};

/// What it keeps of the steps at hand.
struct Memory {
  explicit Memory(const Tile& tile)
      : states(table(kSteps + 1, kGroup * kLanes)),
        decays(table(kSteps, kGroup * kLanes)),
        from_b(table(kSteps, kLanes)),
        from_a(table(kSteps, kLanes)),
        b(table(kSteps, tile.padded)),
        c(table(kSteps, tile.padded)) {}

  Table states;  // (steps + 1, group, lanes): before each step, and after the last
  Table decays;  // (steps, group, lanes)
  Table from_b;  // (steps, lanes): sum of s B
  Table from_a;  // (steps, lanes): sum of s a h log2(e) A
  Table b;       // (steps, padded): gradient of B, summed over the blocks
  Table c;       // (steps, padded)
};

/// Computes the states n to n + 3 of a tile again, and keeps them with their decays.
void remember_group(const Tile& tile, const Block& block, int64_t n, const float* start,
                    Memory& memory) {
  const Channels d;
  for (int64_t i = 0; i < kGroup; ++i) {
    const auto a = hn::Load(d, block.a.get() + (n + i) * kLanes);
    auto h = hn::Load(d, start + (n + i) * kLanes);
    float* states = memory.states.get() + i * kLanes;
    float* decays = memory.decays.get() + i * kLanes;
    hn::Store(h, d, states);
    for (int64_t t = 0; t < tile.steps; ++t) {
      const auto decay = exp2_negative(hn::Mul(hn::Load(d, block.delta.get() + t * kLanes), a));
      const auto added = hn::Mul(hn::Load(d, block.delta_u.get() + t * kLanes),
                                 hn::Set(d, tile.b[t * tile.padded + n + i]));
      h = hn::MulAdd(decay, h, added);
      hn::Store(decay, d, decays + t * kGroup * kLanes);
      hn::Store(h, d, states + (t + 1) * kGroup * kLanes);
    }
  }
}

/// Takes the gradients of the states n to n + 3 back through the steps of the tile.
void backward_group(const Tile& tile, const Block& block, int64_t n, Memory& memory,
                    Gradients& gradients) {
  const Channels d;
  Vector carry[kGroup];
  Vector grad_a[kGroup];
  for (int64_t i = 0; i < kGroup; ++i) {
    carry[i] = hn::Load(d, gradients.carry.get() + (n + i) * kLanes);
    grad_a[i] = hn::Load(d, gradients.a.get() + (n + i) * kLanes);
  }
  for (int64_t t = tile.steps - 1; t >= 0; --t) {
    const auto g = hn::Load(d, block.y.get() + t * kLanes);
    const auto delta = hn::Load(d, block.delta.get() + t * kLanes);
    const auto delta_u = hn::Load(d, block.delta_u.get() + t * kLanes);
    const float* b = tile.b.get() + t * tile.padded + n;
    const float* c = tile.c.get() + t * tile.padded + n;
    const float* before = memory.states.get() + t * kGroup * kLanes;
    const float* after = before + kGroup * kLanes;
    const float* decays = memory.decays.get() + t * kGroup * kLanes;
    auto from_b = hn::Load(d, memory.from_b.get() + t * kLanes);
    auto from_a = hn::Load(d, memory.from_a.get() + t * kLanes);
    Vector grad_b[kGroup];
    Vector grad_c[kGroup];
    for (int64_t i = 0; i < kGroup; ++i) {
      const auto s = hn::MulAdd(g, hn::Set(d, c[i]), carry[i]);
      grad_c[i] = hn::Mul(g, hn::Load(d, after + i * kLanes));
      grad_b[i] = hn::Mul(s, delta_u);
      from_b = hn::MulAdd(s, hn::Set(d, b[i]), from_b);
      carry[i] = hn::Mul(s, hn::Load(d, decays + i * kLanes));
      const auto decayed = hn::Mul(carry[i], hn::Load(d, before + i * kLanes));
      grad_a[i] = hn::MulAdd(decayed, delta, grad_a[i]);
      from_a = hn::MulAdd(decayed, hn::Load(d, block.a.get() + (n + i) * kLanes), from_a);
    }
    hn::Store(from_b, d, memory.from_b.get() + t * kLanes);
    hn::Store(from_a, d, memory.from_a.get() + t * kLanes);
    add_sums(grad_b[0], grad_b[1], grad_b[2], grad_b[3], memory.b.get() + t * tile.padded + n);
    add_sums(grad_c[0], grad_c[1], grad_c[2], grad_c[3], memory.c.get() + t * tile.padded + n);
  }
  for (int64_t i = 0; i < kGroup; ++i) {
    hn::Store(carry[i], d, gradients.carry.get() + (n + i) * kLanes);
    hn::Store(grad_a[i], d, gradients.a.get() + (n + i) * kLanes);
  }
}

/// Writes what a tile's steps give to the gradients of a block's channels.
void give_channels(const Tile& tile, const Block& block, const Memory& memory, Gradients& gradients,
                   const ScanGradients& out) {
  const Channels d;
  const auto skip = load_lanes(tile.in.d + block.first, block.count);
  auto grad_d = hn::Load(d, gradients.d.get());
  for (int64_t t = 0; t < tile.steps; ++t) {
    const int64_t position = tile.positions[t];
    const auto u = load_lanes(tile.in.u + position * tile.in.u_stride + block.first, block.count);
    const auto g = hn::Load(d, block.y.get() + t * kLanes);
    const auto from_b = hn::Load(d, memory.from_b.get() + t * kLanes);
    const auto from_a =
        hn::Mul(hn::Load(d, memory.from_a.get() + t * kLanes), hn::Set(d, 0.693147181F));
    const auto delta = hn::Load(d, block.delta.get() + t * kLanes);
    const auto slope = hn::Load(d, block.slope.get() + t * kLanes);
    grad_d = hn::MulAdd(g, u, grad_d);
    add_lanes(hn::MulAdd(delta, from_b, hn::Mul(g, skip)),
              out.u + position * out.u_stride + block.first, block.count);
    store_lanes(hn::Mul(hn::MulAdd(u, from_b, from_a), slope),
                out.delta + position * out.delta_stride + block.first, block.count);
  }
  hn::Store(grad_d, d, gradients.d.get());
}

void give_states(const Tile& tile, const Memory& memory, const ScanGradients& out) {
  for (int64_t t = 0; t < tile.steps; ++t) {
    float* b = out.b + tile.positions[t] * out.bc_stride;
    float* c = out.c + tile.positions[t] * out.bc_stride;
    for (int64_t n = 0; n < tile.in.states; ++n) {
      b[n] += memory.b[t * tile.padded + n];
      c[n] += memory.c[t * tile.padded + n];
    }
  }
}

void keep_checkpoints(Tile& tile, std::vector<Block>& blocks, std::vector<Gradients>& gradients) {
  const int64_t numbers = tile.padded * kLanes;
  for (int64_t step = 0; step < tile.in.order.length(); step += kSteps) {
    visit(tile, step, blocks[0].first);
    for (size_t i = 0; i < blocks.size(); ++i) {
      std::copy_n(blocks[i].state.get(), numbers,
                  gradients[i].checkpoints.get() + step / kSteps * numbers);
      prepare(tile, blocks[i], false);
      scan_states(tile, blocks[i]);
    }
  }
}

/// One tile of one block.
void backward_tile(const Tile& tile, Block& block, const float* start, Memory& memory,
                   Gradients& gradients, const ScanGradients& out) {
  const Channels d;
  prepare(tile, block, true);
  for (int64_t t = 0; t < tile.steps; ++t) {
    const float* g = out.y + tile.positions[t] * out.y_stride + block.first;
    hn::Store(load_lanes(g, block.count), d, block.y.get() + t * kLanes);
  }
  std::fill_n(memory.from_b.get(), kSteps * kLanes, 0.0F);
  std::fill_n(memory.from_a.get(), kSteps * kLanes, 0.0F);
  for (int64_t n = 0; n < tile.padded; n += kGroup) {
    remember_group(tile, block, n, start, memory);
    backward_group(tile, block, n, memory, gradients);
  }
  give_channels(tile, block, memory, gradients, out);
}

void backward(const ScanDirection& in, int64_t first_channel, const ScanGradients& out) {
  const Channels d;
  Tile tile(in);
  std::vector<Block> blocks = blocks_of(tile, first_channel);
  std::vector<Gradients> gradients;
  for (size_t i = 0; i < blocks.size(); ++i) {
    gradients.emplace_back(tile);
  }
  keep_checkpoints(tile, blocks, gradients);
  Memory memory(tile);
  for (int64_t step = (in.order.length() - 1) / kSteps * kSteps; step >= 0; step -= kSteps) {
    visit(tile, step, first_channel);
    std::fill_n(memory.b.get(), kSteps * tile.padded, 0.0F);
    std::fill_n(memory.c.get(), kSteps * tile.padded, 0.0F);
    for (size_t i = 0; i < blocks.size(); ++i) {
      const float* start = gradients[i].checkpoints.get() + step / kSteps * tile.padded * kLanes;
      backward_tile(tile, blocks[i], start, memory, gradients[i], out);
    }
    give_states(tile, memory, out);
  }
  for (size_t i = 0; i < blocks.size(); ++i) {
    const int64_t first = blocks[i].first;
    add_lanes(hn::Load(d, gradients[i].d.get()), out.d + first, blocks[i].count);
    for (int64_t n = 0; n < in.states; ++n) {
      add_lanes(hn::Load(d, gradients[i].a.get() + n * kLanes), out.a + n * in.channels + first,
                blocks[i].count);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mote::nn::scan
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mote::nn {
namespace scan {
namespace {

HWY_EXPORT(backward);

void dispatch(const ScanDirection& direction, int64_t first_channel,
              const ScanGradients& gradients) {
  HWY_DYNAMIC_DISPATCH(backward)(direction, first_channel, gradients);
}

}  // namespace
}  // namespace scan

void scan_backward(const ScanDirection& direction, int64_t first_channel,
                   const ScanGradients& gradients) {
  scan::dispatch(direction, first_channel, gradients);
}

}  // namespace mote::nn
#endif  // HWY_ONCE
