#include "mote/nn/token_filter_kernel.h"

#include <algorithm>
#include <array>

#include <ATen/Parallel.h>
#include <hwy/aligned_allocator.h>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mote/nn/token_filter_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// Everything up to HWY_ONCE is compiled once for each kind of processor.
HWY_BEFORE_NAMESPACE();
namespace mote::nn {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr int64_t kMargin = kFilterTaps / 2;
constexpr int64_t kAtOnce = 4;  // neighbours of a row, which share what is loaded

/// Row y of the map times its gate, with zeros around it: `row[(x + 2) * 64 + channel]`.
void gate_row(const FilteredMap& map, int64_t y, int64_t channel, float* row) {
  const hn::CappedTag<float, kFilterChannels> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const bool inside = y >= 0 && y < map.height;
  const bool gated = channel < map.gates;
  std::fill_n(row, kMargin * kFilterChannels, 0.0F);
  row += kMargin * kFilterChannels;
  if (!inside) {
    std::fill_n(row, (map.width + kMargin + kAtOnce) * kFilterChannels, 0.0F);
    return;
  }
  for (int64_t x = 0; x < map.width; ++x, row += kFilterChannels) {
    const int64_t token = y * map.width + x;
    const float* in = map.tokens + token * map.channels + channel;
    const float* gate = gated ? map.gate + token * map.gates + channel : nullptr;
    for (int64_t c = 0; c < kFilterChannels; c += lanes) {
      const auto value = hn::LoadU(d, in + c);
      hn::Store(gated ? hn::Mul(value, hn::LoadU(d, gate + c)) : value, d, row + c);
    }
  }
  std::fill_n(row, (kMargin + kAtOnce) * kFilterChannels, 0.0F);
}

/// Four outputs beside one another, of as many channels as a vector has lanes; `rows` are at the
/// first one's left neighbours.
void filter_four(const std::array<const float*, kFilterTaps>& rows, const float* taps,
                 int64_t channels, float* out, int64_t count) {
  const hn::CappedTag<float, kFilterChannels> d;
  auto s0 = hn::Zero(d);
  auto s1 = s0;
  auto s2 = s0;
  auto s3 = s0;
  for (const float* row : rows) {
    auto a = hn::Load(d, row);
    auto b = hn::Load(d, row + kFilterChannels);
    auto c = hn::Load(d, row + 2 * kFilterChannels);
    for (int64_t tap = 0; tap < kFilterTaps; ++tap) {
      const auto next = hn::Load(d, row + (tap + 3) * kFilterChannels);
      const auto weight = hn::LoadU(d, taps);
      s0 = hn::MulAdd(a, weight, s0);
      s1 = hn::MulAdd(b, weight, s1);
      s2 = hn::MulAdd(c, weight, s2);
      s3 = hn::MulAdd(next, weight, s3);
      a = b;
      b = c;
      c = next;
      taps += channels;
    }
  }
  hn::StoreU(s0, d, out);
  if (count > 1) hn::StoreU(s1, d, out + channels);
  if (count > 2) hn::StoreU(s2, d, out + 2 * channels);
  if (count > 3) hn::StoreU(s3, d, out + 3 * channels);
}

/// Filters the 64 channels from `channel` on; `rows` has room for five rows of width + 8.
void FilterChannels(const FilteredMap& map, int64_t channel, float* rows) {
  const hn::CappedTag<float, kFilterChannels> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t row_size = (map.width + 2 * kMargin + kAtOnce) * kFilterChannels;
  const auto row_of = [&](int64_t y) { return rows + (y + kFilterTaps) % kFilterTaps * row_size; };
  for (int64_t y = -kMargin; y < kMargin; ++y) {
    gate_row(map, y, channel, row_of(y));
  }
  for (int64_t y = 0; y < map.height; ++y) {
    gate_row(map, y + kMargin, channel, row_of(y + kMargin));
    for (int64_t x = 0; x < map.width; x += kAtOnce) {
      for (int64_t c = 0; c < kFilterChannels; c += lanes) {
        std::array<const float*, kFilterTaps> at{};
        for (int64_t i = 0; i < kFilterTaps; ++i) {
          at[static_cast<size_t>(i)] = row_of(y + i - kMargin) + x * kFilterChannels + c;
        }
        filter_four(at, map.taps + channel + c, map.channels,
                    map.out + (y * map.width + x) * map.channels + channel + c, map.width - x);
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mote::nn
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mote::nn {
namespace {

HWY_EXPORT(FilterChannels);

constexpr int64_t kRoom = 8;  // around a row, and for the outputs beyond its end

}  // namespace

void token_filter_kernel(const FilteredMap& map) {
  const auto room = static_cast<size_t>(kFilterTaps * (map.width + kRoom) * kFilterChannels);
  at::parallel_for(0, map.channels / kFilterChannels, 1, [&](int64_t first, int64_t end) {
    const auto rows = hwy::AllocateAligned<float>(room);
    for (int64_t part = first; part < end; ++part) {
      HWY_DYNAMIC_DISPATCH(FilterChannels)(map, part * kFilterChannels, rows.get());
    }
  });
}

}  // namespace mote::nn
#endif
