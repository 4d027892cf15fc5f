#include "mote/nn/winograd_kernel.h"

#include <algorithm>

#include <ATen/Parallel.h>
#include <hwy/aligned_allocator.h>

#include "mote/nn/row_kernels.h"

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

/// The points of one tile, `point_stride` apart: (in) each.
void InputTile(const WinogradTask& task, int64_t index, int64_t point_stride, float* points) {
  const D d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  HWY_ALIGN float lines[kSide * kSide * kWinogradChannels];
  HWY_ALIGN float out[kSide * kWinogradChannels];
  const V zero = hn::Zero(d);
  const int64_t y0 = index / task.columns() * kWinogradTile - 1;
  const int64_t x0 = index % task.columns() * kWinogradTile - 1;
  for (int64_t c = 0; c < task.in; c += lanes) {
    for (int64_t x = 0; x < kSide; ++x) {
      const auto at = [&](int64_t y) HWY_ATTR {
        const bool inside =
            y0 + y >= 0 && y0 + y < task.height && x0 + x >= 0 && x0 + x < task.width;
        return inside ? hn::LoadU(d, task.image + ((y0 + y) * task.width + x0 + x) * task.in + c)
                      : zero;
      };
      transform_input(at(0), at(1), at(2), at(3), at(4), at(5), lines + x * lanes, kSide * lanes);
    }
    for (int64_t y = 0; y < kSide; ++y) {
      const float* line = lines + y * kSide * lanes;
      transform_input(hn::Load(d, line), hn::Load(d, line + lanes), hn::Load(d, line + 2 * lanes),
                      hn::Load(d, line + 3 * lanes), hn::Load(d, line + 4 * lanes),
                      hn::Load(d, line + 5 * lanes), out, lanes);
      for (int64_t x = 0; x < kSide; ++x) {
        hn::StoreU(hn::Load(d, out + x * lanes), d, points + (y * kSide + x) * point_stride + c);
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

/// The outputs of one tile in channels [first, first + count), of products `point_stride` apart.
void OutputTile(const WinogradTask& task, int64_t index, const float* products,
                int64_t point_stride, int64_t first, int64_t count) {
  const D d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  HWY_ALIGN float lines[kWinogradTile * kSide * kWinogradChannels];
  HWY_ALIGN float line_out[kWinogradTile * kWinogradChannels];
  const int64_t y0 = index / task.columns() * kWinogradTile;
  const int64_t x0 = index % task.columns() * kWinogradTile;
  const int64_t y_end = std::min(kWinogradTile, task.height - y0);
  const int64_t x_end = std::min(kWinogradTile, task.width - x0);
  for (int64_t c = 0; c < count; c += lanes) {
    for (int64_t x = 0; x < kSide; ++x) {
      const auto at = [&](int64_t y) HWY_ATTR {
        return hn::LoadU(d, products + (y * kSide + x) * point_stride + c);
      };
      transform_output(at(0), at(1), at(2), at(3), at(4), at(5), lines + x * lanes, kSide * lanes);
    }
    const V shift = hn::LoadU(d, task.bias + first + c);
    for (int64_t y = 0; y < y_end; ++y) {
      const float* line = lines + y * kSide * lanes;
      transform_output(hn::Load(d, line), hn::Load(d, line + lanes), hn::Load(d, line + 2 * lanes),
                       hn::Load(d, line + 3 * lanes), hn::Load(d, line + 4 * lanes),
                       hn::Load(d, line + 5 * lanes), line_out, lanes);
      for (int64_t x = 0; x < x_end; ++x) {
        hn::StoreU(hn::Add(hn::Load(d, line_out + x * lanes), shift), d,
                   task.result + ((y0 + y) * task.width + x0 + x) * task.out + first + c);
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

HWY_EXPORT(InputTile);
HWY_EXPORT(OutputTile);

constexpr size_t kRoomBytes = size_t{3} << 18;  // of points and products: they stay in the cache
constexpr int64_t kTilesATime = 6;              // rows of a tile of RowKernels

/// Tiles that a thread takes at a time.
int64_t tiles_at_once(const WinogradTask& task) {
  const auto bytes_of_a_tile =
      static_cast<size_t>(kWinogradPoints * (task.in + kWinogradPanel)) * sizeof(float);
  const auto fitting = static_cast<int64_t>(kRoomBytes / bytes_of_a_tile);
  return std::max(fitting / kTilesATime, int64_t{1}) * kTilesATime;
}

size_t panel_bytes(int64_t in, int64_t out, int64_t first) {
  return float32_rows().packed_bytes(in, std::min(kWinogradPanel, out - first));
}

void compute_tiles(const WinogradTask& task, int64_t first, int64_t count, float* points,
                   float* products) {
  for (int64_t tile = 0; tile < count; ++tile) {
    HWY_DYNAMIC_DISPATCH(InputTile)
    (task, first + tile, count * task.in, points + tile * task.in);
  }
  const auto* weights = static_cast<const std::byte*>(task.weights);
  for (int64_t channel = 0; channel < task.out; channel += kWinogradPanel) {
    const int64_t channels = std::min(kWinogradPanel, task.out - channel);
    for (int64_t point = 0; point < kWinogradPoints; ++point) {
      float32_rows().multiply(
          {.data = points + point * count * task.in, .stride = task.in, .count = count},
          {.data = weights, .in = task.in, .out = channels}, Epilogue::kStore,
          products + point * count * channels, channels);
      weights += panel_bytes(task.in, task.out, channel);
    }
    for (int64_t tile = 0; tile < count; ++tile) {
      HWY_DYNAMIC_DISPATCH(OutputTile)
      (task, first + tile, products + tile * channels, count * channels, channel, channels);
    }
  }
}

}  // namespace

size_t winograd_packed_bytes(int64_t in, int64_t out) {
  size_t bytes = 0;
  for (int64_t channel = 0; channel < out; channel += kWinogradPanel) {
    bytes += kWinogradPoints * panel_bytes(in, out, channel);
  }
  return bytes;
}

void pack_winograd(const float* weights, int64_t in, int64_t out, void* packed) {
  auto* to = static_cast<std::byte*>(packed);
  for (int64_t channel = 0; channel < out; channel += kWinogradPanel) {
    for (int64_t point = 0; point < kWinogradPoints; ++point) {
      float32_rows().pack(weights + (point * out + channel) * in, in,
                          std::min(kWinogradPanel, out - channel), to);
      to += panel_bytes(in, out, channel);
    }
  }
}

void winograd_kernel(const WinogradTask& task) {
  const int64_t step = tiles_at_once(task);
  const auto room = static_cast<size_t>(kWinogradPoints * step);
  at::parallel_for(0, (task.tiles() + step - 1) / step, 1, [&](int64_t begin, int64_t end) {
    const auto points = hwy::AllocateAligned<float>(room * static_cast<size_t>(task.in));
    const auto products = hwy::AllocateAligned<float>(room * kWinogradPanel);
    for (int64_t part = begin; part < end; ++part) {
      const int64_t first = part * step;
      compute_tiles(task, first, std::min(step, task.tiles() - first), points.get(),
                    products.get());
    }
  });
}

}  // namespace mote::nn
#endif
