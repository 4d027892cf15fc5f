#include "mote/simulate/wave_filter.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace mote::simulate {
namespace {

constexpr float kNegligible = 1e-4F;

int64_t blocks(int64_t count) {
  return (count + kLanes - 1) / kLanes;
}

/// Copies `count` floats, nearly always a whole pack of lanes.
void copy_lanes(const float* from, int64_t count, float* to) {
  if (count == kLanes) {
    std::memcpy(to, from, kLanes * sizeof(float));
  } else {
    std::copy_n(from, count, to);
  }
}

/// Four floats that one instruction moves, wherever they lie.
using Pack [[gnu::vector_size(16), gnu::aligned(4), gnu::may_alias]] = float;

/// to[i * to_stride + j] = from[j * from_stride + i] for i, j < 4.
void transpose_4(const float* from, int64_t from_stride, float* to, int64_t to_stride) {
  const auto row = [&](int64_t i) {
    return *reinterpret_cast<const Pack*>(from + i * from_stride);
  };
  const Pack low_a = __builtin_shufflevector(row(0), row(1), 0, 4, 1, 5);
  const Pack high_a = __builtin_shufflevector(row(0), row(1), 2, 6, 3, 7);
  const Pack low_b = __builtin_shufflevector(row(2), row(3), 0, 4, 1, 5);
  const Pack high_b = __builtin_shufflevector(row(2), row(3), 2, 6, 3, 7);
  const auto put = [&](int64_t i) -> Pack& { return *reinterpret_cast<Pack*>(to + i * to_stride); };
  put(0) = __builtin_shufflevector(low_a, low_b, 0, 1, 4, 5);
  put(1) = __builtin_shufflevector(low_a, low_b, 2, 3, 6, 7);
  put(2) = __builtin_shufflevector(high_a, high_b, 0, 1, 4, 5);
  put(3) = __builtin_shufflevector(high_a, high_b, 2, 3, 6, 7);
}

/// to[i * to_stride + j] = from[j * from_stride + i] for i < `rows` and j < `columns`.
void transpose(const float* from, int64_t from_stride, int64_t rows, int64_t columns, float* to,
               int64_t to_stride) {
  const int64_t whole_rows = rows - rows % 4;
  const int64_t whole_columns = columns - columns % 4;
  for (int64_t i = 0; i < whole_rows; i += 4) {
    for (int64_t j = 0; j < whole_columns; j += 4) {
      transpose_4(from + j * from_stride + i, from_stride, to + i * to_stride + j, to_stride);
    }
  }
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = i < whole_rows ? whole_columns : 0; j < columns; ++j) {
      to[i * to_stride + j] = from[j * from_stride + i];
    }
  }
}

/// Lanes that hold nothing must be 0: what is left in them would grow from one use to the next.
void clear_unused(Lanes values, int64_t length, int64_t used) {
  if (used < kLanes) {
    std::fill_n(values.re, length * kLanes, 0.0F);
    std::fill_n(values.im, length * kLanes, 0.0F);
  }
}

/// Frequencies beyond +-reach.
void clear_beyond(Lanes spectra, int64_t length, int64_t reach) {
  const int64_t first = (reach + 1) * kLanes;
  const int64_t end = (length - reach) * kLanes;
  if (first < end) {
    std::fill(spectra.re + first, spectra.re + end, 0.0F);
    std::fill(spectra.im + first, spectra.im + end, 0.0F);
  }
}

}  // namespace

WaveFilter::WaveFilter(const Grid<std::complex<float>>& response)
    : size_(response.size()), fft_y_(size_.height), fft_x_(size_.width) {
  float largest = 0;
  for (const std::complex<float>& value : response.values()) {
    largest = std::max(largest, std::norm(value));
  }
  y_.length = size_.height;
  x_.length = size_.width;
  for (int64_t y = 0; y < size_.height; ++y) {
    for (int64_t x = 0; x < size_.width; ++x) {
      if (std::norm(response(y, x)) >= kNegligible * kNegligible * largest) {
        y_.reach = std::max(y_.reach, std::min(y, size_.height - y));
        x_.reach = std::max(x_.reach, std::min(x, size_.width - x));
      }
    }
  }
  const auto numbers = static_cast<size_t>(blocks(y_.count()) * x_.count() * kLanes);
  response_re_.resize(numbers);
  response_im_.resize(numbers);
  const float scale = 1 / static_cast<float>(size_.area());
  for (int64_t j = 0; j < y_.count(); ++j) {
    for (int64_t i = 0; i < x_.count(); ++i) {
      const std::complex<float> value = response(y_.index(j), x_.index(i));
      const auto at = static_cast<size_t>((j / kLanes * x_.count() + i) * kLanes + j % kLanes);
      response_re_[at] = scale * value.real();
      response_im_[at] = scale * value.imag();
    }
  }
  rows_re_ = Grid<float>({y_.count(), size_.width});
  rows_im_ = rows_re_;
  scratch_.resize(static_cast<size_t>(4 * kLanes * std::max(size_.height, size_.width)));
}

Lanes WaveFilter::scratch(int64_t part) {
  const size_t quarter = scratch_.size() / 4;
  float* at = scratch_.data() + 2 * quarter * static_cast<size_t>(part);
  return {.re = at, .im = at + quarter};
}

void WaveFilter::filter_rows(const Wave& wave) {
  // Down the columns, of which the frequencies of the band are kept.
  for (int64_t x0 = 0; x0 < size_.width; x0 += kLanes) {
    const int64_t lanes = std::min(kLanes, size_.width - x0);
    const Lanes values = scratch(0);
    clear_unused(values, size_.height, lanes);
    for (int64_t y = 0; y < size_.height; ++y) {
      copy_lanes(wave.re.row(y) + x0, lanes, values.re + y * kLanes);
      copy_lanes(wave.im.row(y) + x0, lanes, values.im + y * kLanes);
    }
    const Lanes spectra = fft_y_.forward(values, scratch(1));
    for (int64_t j = 0; j < y_.count(); ++j) {
      const int64_t from = y_.index(j) * kLanes;
      copy_lanes(spectra.re + from, lanes, rows_re_.row(j) + x0);
      copy_lanes(spectra.im + from, lanes, rows_im_.row(j) + x0);
    }
  }
  // Along the rows, times the response, and back.
  for (int64_t j0 = 0; j0 < y_.count(); j0 += kLanes) {
    const int64_t lanes = std::min(kLanes, y_.count() - j0);
    const Lanes values = scratch(0);
    clear_unused(values, size_.width, lanes);
    transpose(rows_re_.row(j0), size_.width, size_.width, lanes, values.re, kLanes);
    transpose(rows_im_.row(j0), size_.width, size_.width, lanes, values.im, kLanes);
    const Lanes spectra = fft_x_.forward(values, scratch(1));
    const float* by_re = response_re_.data() + j0 * x_.count();
    const float* by_im = response_im_.data() + j0 * x_.count();
    for (int64_t i = 0; i < x_.count(); ++i) {
      float* re = spectra.re + x_.index(i) * kLanes;
      float* im = spectra.im + x_.index(i) * kLanes;
      for (int64_t lane = 0; lane < kLanes; ++lane) {
        const float a = re[lane];
        const float b = im[lane];
        const float c = by_re[i * kLanes + lane];
        const float d = by_im[i * kLanes + lane];
        re[lane] = a * c - b * d;
        im[lane] = a * d + b * c;
      }
    }
    clear_beyond(spectra, x_.length, x_.reach);
    const Lanes other = spectra.re == values.re ? scratch(1) : values;
    const Lanes back = fft_x_.backward(spectra, other);
    transpose(back.re, kLanes, lanes, size_.width, rows_re_.row(j0), size_.width);
    transpose(back.im, kLanes, lanes, size_.width, rows_im_.row(j0), size_.width);
  }
}

/// `sink` gets (y, x of the first lane, number of lanes, re, im).
template <typename Sink>
void WaveFilter::back_down_columns(const Sink& sink) {
  for (int64_t x0 = 0; x0 < size_.width; x0 += kLanes) {
    const int64_t lanes = std::min(kLanes, size_.width - x0);
    const Lanes values = scratch(0);
    clear_unused(values, size_.height, lanes);
    for (int64_t j = 0; j < y_.count(); ++j) {
      const int64_t to = y_.index(j) * kLanes;
      copy_lanes(rows_re_.row(j) + x0, lanes, values.re + to);
      copy_lanes(rows_im_.row(j) + x0, lanes, values.im + to);
    }
    clear_beyond(values, y_.length, y_.reach);
    const Lanes back = fft_y_.backward(values, scratch(1));
    for (int64_t y = 0; y < size_.height; ++y) {
      sink(y, x0, lanes, back.re + y * kLanes, back.im + y * kLanes);
    }
  }
}

void WaveFilter::apply(Wave& wave) {
  filter_rows(wave);
  back_down_columns([&](int64_t y, int64_t x, int64_t lanes, const float* re, const float* im) {
    copy_lanes(re, lanes, wave.re.row(y) + x);
    copy_lanes(im, lanes, wave.im.row(y) + x);
  });
}

void WaveFilter::add_intensity(const Wave& wave, float share, Grid<float>& intensity) {
  filter_rows(wave);
  back_down_columns([&](int64_t y, int64_t x, int64_t lanes, const float* re, const float* im) {
    float* to = intensity.row(y) + x;
    for (int64_t i = 0; i < lanes; ++i) {
      to[i] += share * (re[i] * re[i] + im[i] * im[i]);
    }
  });
}

}  // namespace mote::simulate
