#pragma once

#include <complex>
#include <cstdint>
#include <vector>

#include "mote/core/grid.h"

namespace mote::imaging {

/// Half of the discrete Fourier transform of a real image.
///
/// Shapes: image (H, W), both even -> spectrum (H, W/2 - 1); column j holds the frequency j + 1
/// along x, row i the frequency i (i <= H/2) or i - H along y. The columns of frequency 0 and W/2
/// are left out: with them every remaining frequency counts once, and what they hold (the stripes
/// of a line by line read-out) is better not registered.
using Spectrum = Grid<std::complex<float>>;

/// The largest size within `size` whose sides are even and quick to transform; sides under 16 px
/// give 0 x 0.
Size registration_size(Size size);

/// Size of `image` must be one that `registration_size` gives. Single-threaded.
Spectrum spectrum_of(const Grid<float>& image);

/// The real image whose half spectrum this is; what the left-out columns held is 0.
Grid<float> image_of(const Spectrum& spectrum);

/// The window 0.5 - 0.5 cos over `edge` (0 to 0.5) of `length` at both ends, 1 between.
std::vector<float> tapered_window(int64_t length, double edge);

/// e^{i 2 pi (ky shift.y / H + kx shift.x / W)} along each axis of a half spectrum: the factors
/// that shift an image back by `shift`.
struct PhaseRamp {
  std::vector<std::complex<float>> y;  // by row
  std::vector<std::complex<float>> x;  // by column
};
PhaseRamp phase_ramp(Size size, Point shift);

}  // namespace mote::imaging
