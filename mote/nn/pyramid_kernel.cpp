#include "mote/nn/pyramid_kernel.h"

#include <algorithm>
#include <vector>

#include <ATen/Parallel.h>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mote/nn/pyramid_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef MOTE_NN_PYRAMID_KERNEL_PLACE
#define MOTE_NN_PYRAMID_KERNEL_PLACE
namespace mote::nn {

/// Between which two pixels an output lies, and how near to the second.
struct Between {
  int64_t first = 0;
  int64_t second = 0;
  float share = 0;
};

inline Between between(int64_t index, int64_t from, int64_t to) {
  const float step = to > 1 ? static_cast<float>(from - 1) / static_cast<float>(to - 1) : 0.0F;
  const float place = step * static_cast<float>(index);
  const int64_t first = std::min(static_cast<int64_t>(place), from - 1);
  return {.first = first,
          .second = std::min(first + 1, from - 1),
          .share = place - static_cast<float>(first)};
}

}  // namespace mote::nn
#endif

// Everything up to HWY_ONCE is compiled once for each kind of processor.
HWY_BEFORE_NAMESPACE();
namespace mote::nn {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Of one row, in float32: (channels) each.
void RowSums(const PixelMap& image, int64_t y, float* sums, float* squares) {
  const hn::CappedTag<float, 16> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t c = 0; c < image.channels; c += lanes) {
    auto sum = hn::Zero(d);
    auto square = sum;
    const float* at = image.values + y * image.width * image.channels + c;
    for (int64_t x = 0; x < image.width; ++x, at += image.channels) {
      const auto value = hn::LoadU(d, at);
      sum = hn::Add(sum, value);
      square = hn::MulAdd(value, value, square);
    }
    hn::StoreU(sum, d, sums + c);
    hn::StoreU(square, d, squares + c);
  }
}

/// Row y of the output.
void ResizedRow(const PixelMap& image, const float* scale, const float* shift, const float* added,
                int64_t y, int64_t height, int64_t width, float* out) {
  const hn::CappedTag<float, 16> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const Between rows = between(y, image.height, height);
  const int64_t channels = image.channels;
  const float* upper = image.values + rows.first * image.width * channels;
  const float* lower = image.values + rows.second * image.width * channels;
  const auto down = hn::Set(d, rows.share);
  const auto zero = hn::Zero(d);
  for (int64_t x = 0; x < width; ++x) {
    const Between columns = between(x, image.width, width);
    const auto right = hn::Set(d, columns.share);
    const int64_t a = columns.first * channels;
    const int64_t b = columns.second * channels;
    for (int64_t c = 0; c < channels; c += lanes) {
      const auto factor = hn::LoadU(d, scale + c);
      const auto offset = hn::LoadU(d, shift + c);
      const auto at = [&](const float* row, int64_t place) HWY_ATTR {
        return hn::Max(zero, hn::MulAdd(hn::LoadU(d, row + place + c), factor, offset));
      };
      const auto left_value = at(upper, a);
      const auto top = hn::MulAdd(right, hn::Sub(at(upper, b), left_value), left_value);
      const auto left_below = at(lower, a);
      const auto bottom = hn::MulAdd(right, hn::Sub(at(lower, b), left_below), left_below);
      auto value = hn::MulAdd(down, hn::Sub(bottom, top), top);
      const int64_t place = (y * width + x) * channels + c;
      if (added != nullptr) {
        value = hn::Add(value, hn::LoadU(d, added + place));
      }
      hn::StoreU(value, d, out + place);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mote::nn
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mote::nn {
namespace {

HWY_EXPORT(RowSums);
HWY_EXPORT(ResizedRow);

}  // namespace

void channel_sums(const PixelMap& image, double* sums, double* squares) {
  const auto size = static_cast<size_t>(image.height * image.channels);
  std::vector<float> row_sums(size);
  std::vector<float> row_squares(size);
  at::parallel_for(0, image.height, 8, [&](int64_t first, int64_t end) {
    for (int64_t y = first; y < end; ++y) {
      HWY_DYNAMIC_DISPATCH(RowSums)
      (image, y, row_sums.data() + y * image.channels, row_squares.data() + y * image.channels);
    }
  });
  std::fill_n(sums, image.channels, 0.0);
  std::fill_n(squares, image.channels, 0.0);
  for (size_t i = 0; i < size; ++i) {
    const size_t channel = i % static_cast<size_t>(image.channels);
    sums[channel] += static_cast<double>(row_sums[i]);
    squares[channel] += static_cast<double>(row_squares[i]);
  }
}

void rectified_and_resized(const PixelMap& image, const float* scale, const float* shift,
                           const float* added, int64_t height, int64_t width, float* out) {
  at::parallel_for(0, height, 4, [&](int64_t first, int64_t end) {
    for (int64_t y = first; y < end; ++y) {
      HWY_DYNAMIC_DISPATCH(ResizedRow)(image, scale, shift, added, y, height, width, out);
    }
  });
}

}  // namespace mote::nn
#endif
