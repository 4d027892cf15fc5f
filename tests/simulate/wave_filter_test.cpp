#include "mote/simulate/wave_filter.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include "mote/imaging/fourier.h"
#include "mote/simulate/random.h"

namespace mote::simulate {
namespace {

Wave random_wave(Size size) {
  Wave out(size);
  Random random(5);
  for (size_t i = 0; i < out.re.values().size(); ++i) {
    out.re.values()[i] = static_cast<float>(random.uniform(-1, 1));
    out.im.values()[i] = static_cast<float>(random.uniform(-1, 1));
  }
  return out;
}

/// A lens whose response falls to 1e-6 at `reach` times the highest frequency.
Grid<std::complex<float>> lens(Size size, double reach) {
  Grid<std::complex<float>> out(size);
  for (int64_t y = 0; y < size.height; ++y) {
    for (int64_t x = 0; x < size.width; ++x) {
      const double ky = imaging::frequency_per_px(y, size.height) / (0.5 * reach);
      const double kx = imaging::frequency_per_px(x, size.width) / (0.5 * reach);
      out(y, x) = std::polar(std::exp(-14 * (ky * ky + kx * kx)), 20 * ky * ky + 3 * kx);
    }
  }
  return out;
}

/// Largest difference from a product of the spectra, each part.
double error_of(Size size, double reach) {
  const Wave wave = random_wave(size);
  const auto response = lens(size, reach);
  Grid<std::complex<float>> theory(size);
  for (size_t i = 0; i < theory.values().size(); ++i) {
    theory.values()[i] = {wave.re.values()[i], wave.im.values()[i]};
  }
  imaging::transform(theory);
  for (size_t i = 0; i < theory.values().size(); ++i) {
    theory.values()[i] *= response.values()[i];
  }
  imaging::transform_back(theory);
  Wave filtered = wave;
  WaveFilter filter(response);
  filter.apply(filtered);
  double worst = 0;
  for (size_t i = 0; i < theory.values().size(); ++i) {
    const std::complex<float> found(filtered.re.values()[i], filtered.im.values()[i]);
    worst = std::max<double>(worst, std::abs(found - theory.values()[i]));
  }
  return worst;
}

TEST(LaneFft, IsTheSumOfItsDefinition) {
  for (const int64_t length : {1, 2, 3, 4, 5, 6, 12, 30, 48, 90, 100}) {
    const LaneFft fft(length);
    std::vector<float> values(static_cast<size_t>(4 * length * kLanes));
    Random random(static_cast<uint64_t>(length));
    for (float& value : values) {
      value = static_cast<float>(random.uniform(-1, 1));
    }
    const std::vector<float> before = values;
    const auto part = [&](int64_t i) { return values.data() + i * length * kLanes; };

    const Lanes spectrum = fft.forward({part(0), part(1)}, {part(2), part(3)});

    for (int64_t k = 0; k < length; ++k) {
      std::complex<double> sum;
      const int64_t lane = k % kLanes;
      for (int64_t i = 0; i < length; ++i) {
        const auto at = static_cast<size_t>(i * kLanes + lane);
        sum += std::complex<double>(before[at], before[at + static_cast<size_t>(length * kLanes)]) *
               std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(i * k % length) /
                                   static_cast<double>(length));
      }
      EXPECT_NEAR(spectrum.re[k * kLanes + lane], sum.real(), 1e-5) << length << " " << k;
      EXPECT_NEAR(spectrum.im[k * kLanes + lane], sum.imag(), 1e-5) << length << " " << k;
    }
  }
}

TEST(LaneFft, ComesBackWithItsLengthAsFactor) {
  constexpr int64_t kLength = 60;
  const LaneFft fft(kLength);
  std::vector<float> values(4 * kLength * kLanes);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(i % 17);
  }
  const std::vector<float> before = values;
  const auto part = [&](int64_t i) { return values.data() + i * kLength * kLanes; };

  const Lanes spectrum = fft.forward({part(0), part(1)}, {part(2), part(3)});
  const Lanes other = spectrum.re == part(0) ? Lanes{part(2), part(3)} : Lanes{part(0), part(1)};
  const Lanes back = fft.backward(spectrum, other);

  for (int64_t i = 0; i < kLength * kLanes; ++i) {
    ASSERT_NEAR(back.re[i] / kLength, before[static_cast<size_t>(i)], 1e-5);
    ASSERT_NEAR(back.im[i] / kLength, before[static_cast<size_t>(i + kLength * kLanes)], 1e-5);
  }
}

TEST(WaveFilter, MultipliesTheSpectrum) {
  EXPECT_LT(error_of({96, 120}, 100), 2e-6);  // nothing left out
  EXPECT_LT(error_of({90, 50}, 100), 2e-6);   // lanes left over
}

TEST(WaveFilter, LeavesOutWhatTheLensDoesNotPass) {
  // Each frequency left out would have added less than 1e-4 of what it is.
  EXPECT_LT(error_of({96, 120}, 0.5), 1e-4);
}

TEST(WaveFilter, AddsTheSquaredModulus) {
  const Size size{48, 40};
  const Wave wave = random_wave(size);
  WaveFilter filter(lens(size, 0.6));
  Wave filtered = wave;
  filter.apply(filtered);
  Grid<float> intensity(size, 2);

  filter.add_intensity(wave, 0.25F, intensity);

  for (size_t i = 0; i < intensity.values().size(); ++i) {
    const float re = filtered.re.values()[i];
    const float im = filtered.im.values()[i];
    ASSERT_NEAR(intensity.values()[i], 2 + 0.25 * (re * re + im * im), 1e-6);
  }
}

}  // namespace
}  // namespace mote::simulate
