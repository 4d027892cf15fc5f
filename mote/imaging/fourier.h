#pragma once

#include <complex>
#include <cstdint>
#include <functional>

#include "mote/core/grid.h"

namespace mote::imaging {

/// The smallest size around `size`, and the largest within it, whose sides are even and quick to
/// transform; a side that has none within is 0.
Size quick_size_around(Size size);
Size quick_size_within(Size size);

/// The discrete Fourier transform of a complex image in place, without a factor, and its inverse,
/// with the factor 1 / (H W). Row i holds the frequency i / H or (i - H) / H in cycles per pixel,
/// columns likewise. Single-threaded.
void transform(Grid<std::complex<float>>& image);
void transform_back(Grid<std::complex<float>>& spectrum);

/// The frequency of index `i` on an axis of `length`, in cycles over the axis (negative in the
/// second half) and per pixel.
inline int64_t frequency(int64_t i, int64_t length) {
  return 2 * i <= length ? i : i - length;
}
inline double frequency_per_px(int64_t i, int64_t length) {
  return static_cast<double>(frequency(i, length)) / static_cast<double>(length);
}

/// Filters of real images by even, real responses, applied in Fourier space with the image taken
/// as periodic. A response is a grid of the image's size in the order of OpenCV's packed spectrum,
/// so that filtering is a product of two grids.
///
/// Shapes: image (H, W), both even -> spectrum (H, W).
using PackedSpectrum = Grid<float>;

/// `response(ky, kx)` in cycles per pixel, each from 0 to 0.5.
PackedSpectrum packed_response(Size size, const std::function<double(double, double)>& response);

/// `spectrum` may hold anything of the image's size before, or nothing.
void transform_real(const Grid<float>& image, PackedSpectrum& spectrum);
void transform_back_real(const PackedSpectrum& spectrum, Grid<float>& image);

}  // namespace mote::imaging
