#include "mote/nn/channel_kernels.h"

#include <algorithm>
#include <array>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mote/nn/channel_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "mote/nn/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mote::nn::channels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using namespace vector_math::HWY_NAMESPACE;
using Wide = hn::CappedTag<float, 16>;
using One = hn::CappedTag<float, 1>;  // for channels that fill no vector

/// The channels from c on that make one vector of `D`, along a row.
template <class D>
void convolve_row(D d, const ChannelMap& map, const MapSize& size, int64_t row, int64_t c,
                  const float* weight, const float* bias, float* out) {
  using V = hn::Vec<D>;
  V weights[9];
  for (int64_t k = 0; k < 9; ++k) {
    weights[k] = hn::LoadU(d, weight + k * size.channels + c);
  }
  const auto start = hn::LoadU(d, bias + c);
  const auto column = [&](int64_t x, V* values) HWY_ATTR {
    for (int64_t dy = 0; dy < 3; ++dy) {
      const int64_t y = row + dy - 1;
      const bool inside = y >= 0 && y < size.height && x < size.width;
      values[dy] =
          inside ? hn::LoadU(d, map.data + (y * size.width + x) * map.stride + c) : hn::Zero(d);
    }
  };
  V left[3] = {hn::Zero(d), hn::Zero(d), hn::Zero(d)};
  V middle[3];
  column(0, middle);
  for (int64_t x = 0; x < size.width; ++x) {
    V right[3];
    column(x + 1, right);
    auto sum = start;
    for (int64_t dy = 0; dy < 3; ++dy) {
      sum = hn::MulAdd(left[dy], weights[3 * dy], sum);
      sum = hn::MulAdd(middle[dy], weights[3 * dy + 1], sum);
      sum = hn::MulAdd(right[dy], weights[3 * dy + 2], sum);
      left[dy] = middle[dy];
      middle[dy] = right[dy];
    }
    hn::StoreU(silu(sum), d, out + x * size.channels + c);
  }
}

void depthwise_row(const ChannelMap& map, const MapSize& size, int64_t row, const float* weight,
                   const float* bias, float* out) {
  const Wide wide;
  const auto lanes = static_cast<int64_t>(hn::Lanes(wide));
  int64_t c = 0;
  for (; c + lanes <= size.channels; c += lanes) {
    convolve_row(wide, map, size, row, c, weight, bias, out);
  }
  for (; c < size.channels; ++c) {
    convolve_row(One(), map, size, row, c, weight, bias, out);
  }
}

/// Mean, and 1 / standard deviation, of a row.
std::array<float, 2> moments(const float* row, int64_t channels, float eps) {
  const Wide d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t whole = channels / lanes * lanes;
  auto sums = hn::Zero(d);
  for (int64_t c = 0; c < whole; c += lanes) {
    sums = hn::Add(sums, hn::LoadU(d, row + c));
  }
  float sum = hn::GetLane(hn::SumOfLanes(d, sums));
  for (int64_t c = whole; c < channels; ++c) {
    sum += row[c];
  }
  const float mean = sum / static_cast<float>(channels);
  auto squares = hn::Zero(d);
  for (int64_t c = 0; c < whole; c += lanes) {
    const auto away = hn::Sub(hn::LoadU(d, row + c), hn::Set(d, mean));
    squares = hn::MulAdd(away, away, squares);
  }
  float square = hn::GetLane(hn::SumOfLanes(d, squares));
  for (int64_t c = whole; c < channels; ++c) {
    square += (row[c] - mean) * (row[c] - mean);
  }
  return {mean, 1 / std::sqrt(square / static_cast<float>(channels) + eps)};
}

template <class D>
HWY_INLINE void norm_at(D d, const NormOfRows& norm, const std::array<float, 2>& of,
                        const float* in, const float* gate, int64_t c, float* out) {
  const auto scaled = hn::Mul(hn::Sub(hn::LoadU(d, in + c), hn::Set(d, of[0])), hn::Set(d, of[1]));
  auto value = hn::MulAdd(scaled, hn::LoadU(d, norm.weight + c), hn::LoadU(d, norm.bias + c));
  if (gate != nullptr) {
    value = hn::Mul(value, silu(hn::LoadU(d, gate + c)));
  }
  hn::StoreU(value, d, out + c);
}

HWY_INLINE void norm_row(const NormOfRows& norm, const float* in, const float* gate, float* out) {
  const Wide wide;
  const auto lanes = static_cast<int64_t>(hn::Lanes(wide));
  const auto of = moments(in, norm.channels, norm.eps);
  int64_t c = 0;
  for (; c + lanes <= norm.channels; c += lanes) {
    norm_at(wide, norm, of, in, gate, c, out);
  }
  for (; c < norm.channels; ++c) {
    norm_at(One(), norm, of, in, gate, c, out);
  }
}

void norm_all(const NormOfRows& norm, int64_t rows, const float* in, const ChannelMap& gate,
              float* out) {
  for (int64_t row = 0; row < rows; ++row) {
    norm_row(norm, in + row * norm.channels,
             gate.data == nullptr ? nullptr : gate.data + row * gate.stride,
             out + row * norm.channels);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mote::nn::channels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mote::nn {
namespace channels {
namespace {

HWY_EXPORT(depthwise_row);
HWY_EXPORT(norm_all);

void dispatch_row(const ChannelMap& map, const MapSize& size, int64_t row, const float* weight,
                  const float* bias, float* out) {
  HWY_DYNAMIC_DISPATCH(depthwise_row)(map, size, row, weight, bias, out);
}

void dispatch_norm(const NormOfRows& norm, int64_t rows, const float* in, const ChannelMap& gate,
                   float* out) {
  HWY_DYNAMIC_DISPATCH(norm_all)(norm, rows, in, gate, out);
}

}  // namespace
}  // namespace channels

void depthwise_silu_row(const ChannelMap& map, const MapSize& size, int64_t row,
                        const float* weight, const float* bias, float* out) {
  channels::dispatch_row(map, size, row, weight, bias, out);
}

void norm_rows(const NormOfRows& norm, int64_t rows, const float* in, const ChannelMap& gate,
               float* out) {
  channels::dispatch_norm(norm, rows, in, gate, out);
}

}  // namespace mote::nn
#endif  // HWY_ONCE
