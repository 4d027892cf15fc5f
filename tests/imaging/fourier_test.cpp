#include "mote/imaging/fourier.h"

#include <cmath>
#include <complex>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::imaging {
namespace {

constexpr Size kSize{24, 36};

/// cos(2 pi (ky y + kx x)), frequencies in cycles per image.
Grid<float> wave(Size size, double ky, double kx) {
  Grid<float> out(size);
  for (int64_t y = 0; y < size.height; ++y) {
    for (int64_t x = 0; x < size.width; ++x) {
      const double cycles = ky * static_cast<double>(y) / static_cast<double>(size.height) +
                            kx * static_cast<double>(x) / static_cast<double>(size.width);
      out(y, x) = static_cast<float>(std::cos(2 * std::numbers::pi * cycles));
    }
  }
  return out;
}

/// The factor by which the filter of response 1 + 4 |ky| + 2 kx^2 multiplies a wave.
double measured_response(double ky, double kx) {
  const Grid<float> image = wave(kSize, ky, kx);
  const PackedSpectrum response =
      packed_response(kSize, [](double y, double x) { return 1 + 4 * y + 2 * x * x; });
  PackedSpectrum spectrum;
  Grid<float> out;
  transform_real(image, spectrum);
  for (size_t i = 0; i < spectrum.values().size(); ++i) {
    spectrum.values()[i] *= response.values()[i];
  }
  transform_back_real(spectrum, out);
  double product = 0;
  double power = 0;
  for (size_t i = 0; i < out.values().size(); ++i) {
    product += double{out.values()[i]} * image.values()[i];
    power += double{image.values()[i]} * image.values()[i];
  }
  return product / power;
}

TEST(Fourier, FindsQuickSizesAround) {
  EXPECT_EQ(quick_size_around({512, 513}), (Size{512, 540}));
  EXPECT_EQ(quick_size_around({3, 1}), (Size{4, 2}));
  EXPECT_EQ(quick_size_within({512, 511}), (Size{512, 500}));
  EXPECT_EQ(quick_size_within({3, 1}), (Size{2, 0}));
}

TEST(Fourier, PutsAWaveAtItsFrequencyAndComesBack) {
  Grid<std::complex<float>> image(kSize);
  const Grid<float> original = wave(kSize, -3, 5);
  for (size_t i = 0; i < original.values().size(); ++i) {
    image.values()[i] = original.values()[i];
  }

  transform(image);

  EXPECT_NEAR(image(kSize.height - 3, 5).real(), 0.5F * kSize.area(), 1e-2);
  EXPECT_NEAR(image(3, kSize.width - 5).real(), 0.5F * kSize.area(), 1e-2);
  EXPECT_EQ(frequency_per_px(kSize.height - 3, kSize.height), -3.0 / kSize.height);
  transform_back(image);
  EXPECT_NEAR(image(7, 11).real(), original(7, 11), 1e-5);
}

TEST(Fourier, FiltersEveryFrequencyByItsResponse) {
  // The corners of the packed order: no frequency, Nyquist's on either axis, and in between.
  EXPECT_NEAR(measured_response(0, 0), 1, 1e-5);
  EXPECT_NEAR(measured_response(12, 0), 3, 1e-5);
  EXPECT_NEAR(measured_response(0, 18), 1.5, 1e-5);
  EXPECT_NEAR(measured_response(12, 18), 3.5, 1e-5);
  EXPECT_NEAR(measured_response(5, 0), 1 + 20.0 / 24, 1e-5);
  EXPECT_NEAR(measured_response(5, 18), 1.5 + 20.0 / 24, 1e-5);
  EXPECT_NEAR(measured_response(-5, 9), 1.125 + 20.0 / 24, 1e-5);
}

}  // namespace
}  // namespace mote::imaging
