#include "mote/nn/winograd_kernel.h"

#include <algorithm>

#include <ATen/Parallel.h>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mote/nn/winograd_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// Everything up to HWY_ONCE is compiled once for each kind of processor.
HWY_BEFORE_NAMESPACE();
namespace mote::nn {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kWinogradChannels>;
using V = hn::Vec<D>;

constexpr int64_t kSide = 6;  // of a tile's inputs

/// B^T of the paper (eq. 15): six inputs of a line to six points, in steps of `stride` vectors.
void transform_input(const V& a, const V& b, const V& c, const V& d, const V& e, const V& f,
                     float* out, int64_t stride) {
  const D tag;
  const V two = hn::Set(tag, 2.0F);
  const V four = hn::Set(tag, 4.0F);
  const V five = hn::Set(tag, 5.0F);
  const V ec = hn::NegMulAdd(four, c, e);     // e - 4 c
  const V db = hn::NegMulAdd(four, b, d);     // d - 4 b
  const V e_c = hn::Sub(e, c);                // e - c
  const V d_b = hn::Mul(two, hn::Sub(d, b));  // 2 (d - b)
  hn::Store(hn::MulAdd(four, a, hn::NegMulAdd(five, c, e)), tag, out);
  hn::Store(hn::Add(ec, db), tag, out + stride);
  hn::Store(hn::Sub(ec, db), tag, out + 2 * stride);
  hn::Store(hn::Add(e_c, d_b), tag, out + 3 * stride);
  hn::Store(hn::Sub(e_c, d_b), tag, out + 4 * stride);
  hn::Store(hn::MulAdd(four, b, hn::NegMulAdd(five, d, f)), tag, out + 5 * stride);
}

/// The points of the tiles of one row of them.
void InputRow(const float* image, const WinogradBand& band, int64_t channels, int64_t row,
              float* points) {
  const D d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const WinogradSize& size = band.size;
  HWY_ALIGN float lines[kSide * kSide * kWinogradChannels];
  const V zero = hn::Zero(d);
  const int64_t point_stride = band.tiles() * channels;
  for (int64_t column = 0; column < size.columns(); ++column) {
    const int64_t y0 = row * kWinogradTile - 1;
    const int64_t x0 = column * kWinogradTile - 1;
    float* tile = points + ((row - band.first) * size.columns() + column) * channels;
    for (int64_t c = 0; c < channels; c += lanes) {
      for (int64_t x = 0; x < kSide; ++x) {
        const auto at = [&](int64_t y) HWY_ATTR {
          const bool inside =
              y0 + y >= 0 && y0 + y < size.height && x0 + x >= 0 && x0 + x < size.width;
          return inside ? hn::LoadU(d, image + ((y0 + y) * size.width + x0 + x) * channels + c)
                        : zero;
        };
        transform_input(at(0), at(1), at(2), at(3), at(4), at(5), lines + x * lanes, kSide * lanes);
      }
      for (int64_t y = 0; y < kSide; ++y) {
        const float* line = lines + y * kSide * lanes;
        HWY_ALIGN float out[kSide * kWinogradChannels];
        transform_input(hn::Load(d, line), hn::Load(d, line + lanes), hn::Load(d, line + 2 * lanes),
                        hn::Load(d, line + 3 * lanes), hn::Load(d, line + 4 * lanes),
                        hn::Load(d, line + 5 * lanes), out, lanes);
        for (int64_t x = 0; x < kSide; ++x) {
          hn::StoreU(hn::Load(d, out + x * lanes), d, tile + (y * kSide + x) * point_stride + c);
        }
      }
    }
  }
}

/// A^T of the paper (eq. 15): six points of a line to four outputs.
void transform_output(const V& a, const V& b, const V& c, const V& d, const V& e, const V& f,
                      float* out, int64_t stride) {
  const D tag;
  const V sum = hn::Add(b, c);
  const V difference = hn::Sub(b, c);
  const V far_sum = hn::Add(d, e);
  const V far_difference = hn::Sub(d, e);
  hn::Store(hn::Add(a, hn::Add(sum, far_sum)), tag, out);
  hn::Store(hn::MulAdd(hn::Set(tag, 2.0F), far_difference, difference), tag, out + stride);
  hn::Store(hn::MulAdd(hn::Set(tag, 4.0F), far_sum, sum), tag, out + 2 * stride);
  hn::Store(hn::Add(hn::MulAdd(hn::Set(tag, 8.0F), far_difference, difference), f), tag,
            out + 3 * stride);
}

void OutputRow(const float* products, const WinogradBand& band, int64_t channels, const float* bias,
               int64_t row, float* out) {
  const D d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const WinogradSize& size = band.size;
  HWY_ALIGN float lines[kWinogradTile * kSide * kWinogradChannels];
  HWY_ALIGN float line_out[kWinogradTile * kWinogradChannels];
  const int64_t point_stride = band.tiles() * channels;
  for (int64_t column = 0; column < size.columns(); ++column) {
    const float* tile = products + ((row - band.first) * size.columns() + column) * channels;
    const int64_t y0 = row * kWinogradTile;
    const int64_t x0 = column * kWinogradTile;
    const int64_t y_end = std::min(kWinogradTile, size.height - y0);
    const int64_t x_end = std::min(kWinogradTile, size.width - x0);
    for (int64_t c = 0; c < channels; c += lanes) {
      for (int64_t x = 0; x < kSide; ++x) {
        const auto at = [&](int64_t y) HWY_ATTR {
          return hn::LoadU(d, tile + (y * kSide + x) * point_stride + c);
        };
        transform_output(at(0), at(1), at(2), at(3), at(4), at(5), lines + x * lanes,
                         kSide * lanes);
      }
      const V shift = hn::LoadU(d, bias + c);
      for (int64_t y = 0; y < y_end; ++y) {
        const float* line = lines + y * kSide * lanes;
        transform_output(hn::Load(d, line), hn::Load(d, line + lanes),
                         hn::Load(d, line + 2 * lanes), hn::Load(d, line + 3 * lanes),
                         hn::Load(d, line + 4 * lanes), hn::Load(d, line + 5 * lanes), line_out,
                         lanes);
        for (int64_t x = 0; x < x_end; ++x) {
          hn::StoreU(hn::Add(hn::Load(d, line_out + x * lanes), shift), d,
                     out + ((y0 + y) * size.width + x0 + x) * channels + c);
        }
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

HWY_EXPORT(InputRow);
HWY_EXPORT(OutputRow);

}  // namespace

void winograd_input(const float* image, const WinogradBand& band, int64_t channels, float* points) {
  at::parallel_for(band.first, band.end, 1, [&](int64_t first, int64_t end) {
    for (int64_t row = first; row < end; ++row) {
      HWY_DYNAMIC_DISPATCH(InputRow)(image, band, channels, row, points);
    }
  });
}

void winograd_output(const float* products, const WinogradBand& band, int64_t channels,
                     const float* bias, float* out) {
  at::parallel_for(band.first, band.end, 1, [&](int64_t first, int64_t end) {
    for (int64_t row = first; row < end; ++row) {
      HWY_DYNAMIC_DISPATCH(OutputRow)(products, band, channels, bias, row, out);
    }
  });
}

}  // namespace mote::nn
#endif
