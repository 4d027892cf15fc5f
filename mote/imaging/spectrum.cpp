#include "mote/imaging/spectrum.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "mote/imaging/fourier.h"

namespace mote::imaging {
namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

Size image_size(const Spectrum& spectrum) {
  return {spectrum.height(), 2 * (spectrum.width() + 1)};
}

}  // namespace

Size registration_size(Size size) {
  constexpr int64_t kLeastPx = 16;  // below, the window leaves nothing to register
  const Size out = quick_size_within(size);
  return std::min(out.height, out.width) < kLeastPx ? Size{} : out;
}

Spectrum spectrum_of(const Grid<float>& image) {
  PackedSpectrum packed;
  transform_real(image, packed);
  Spectrum out({image.height(), image.width() / 2 - 1});
  for (int64_t y = 0; y < image.height(); ++y) {
    std::memcpy(static_cast<void*>(out.row(y)), packed.row(y) + 1,
                static_cast<size_t>(out.width()) * sizeof(std::complex<float>));
  }
  return out;
}

Grid<float> image_of(const Spectrum& spectrum) {
  PackedSpectrum packed(image_size(spectrum));
  for (int64_t y = 0; y < packed.height(); ++y) {
    std::memcpy(packed.row(y) + 1, static_cast<const void*>(spectrum.row(y)),
                static_cast<size_t>(spectrum.width()) * sizeof(std::complex<float>));
  }
  Grid<float> out;
  transform_back_real(packed, out);
  return out;
}

std::vector<float> tapered_window(int64_t length, double edge) {
  std::vector<float> window(static_cast<size_t>(length), 1.0F);
  const double taper = edge * static_cast<double>(length);
  for (int64_t i = 0; i < length; ++i) {
    const double inside = static_cast<double>(std::min(i, length - 1 - i)) + 0.5;
    if (inside < taper) {
      window[i] = static_cast<float>(0.5 - 0.5 * std::cos(std::numbers::pi * inside / taper));
    }
  }
  return window;
}

PhaseRamp phase_ramp(Size size, Point shift) {
  PhaseRamp ramp;
  ramp.y.resize(static_cast<size_t>(size.height));
  ramp.x.resize(static_cast<size_t>(size.width / 2 - 1));
  for (int64_t y = 0; y < size.height; ++y) {
    const double angle = kTwoPi * static_cast<double>(frequency(y, size.height)) * shift.y_px /
                         static_cast<double>(size.height);
    ramp.y[y] = {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
  }
  for (int64_t x = 0; x < size.width / 2 - 1; ++x) {
    const double angle =
        kTwoPi * static_cast<double>(x + 1) * shift.x_px / static_cast<double>(size.width);
    ramp.x[x] = {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
  }
  return ramp;
}

}  // namespace mote::imaging
