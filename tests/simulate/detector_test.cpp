#include "mote/simulate/detector.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/simulate/poisson.h"

namespace mote::simulate {
namespace {

constexpr Size kSensor{240, 256};

DetectorOptions ideal() {
  return {.gain = 1,
          .offset = 0,
          .mtf_half_per_px = 0,
          .gain_pattern_sd = 0,
          .offset_pattern_sd = 0,
          .read_noise_sd = 0,
          .hot_pixel_share = 0};
}

double mean_of(const Grid<float>& grid) {
  double sum = 0;
  for (const float value : grid.values()) {
    sum += value;
  }
  return sum / static_cast<double>(grid.size().area());
}

double variance_of(const Grid<float>& grid) {
  const double mean = mean_of(grid);
  double sum = 0;
  for (const float value : grid.values()) {
    sum += (value - mean) * (value - mean);
  }
  return sum / static_cast<double>(grid.size().area());
}

/// Mean power per pixel between two frequencies in cycles per pixel: the variance for white noise.
double power_between(const Grid<float>& grid, double low, double high) {
  const auto mean = static_cast<float>(mean_of(grid));
  Grid<std::complex<float>> wave(grid.size());
  for (size_t i = 0; i < wave.values().size(); ++i) {
    wave.values()[i] = grid.values()[i] - mean;
  }
  imaging::transform(wave);
  double sum = 0;
  double count = 0;
  for (int64_t y = 0; y < grid.height(); ++y) {
    for (int64_t x = 0; x < grid.width(); ++x) {
      const double k = std::hypot(imaging::frequency_per_px(y, grid.height()),
                                  imaging::frequency_per_px(x, grid.width()));
      if (k >= low && k < high) {
        sum += std::norm(wave(y, x));
        count += 1;
      }
    }
  }
  return sum / count / static_cast<double>(grid.size().area());
}

Grid<float> counted_of(const Grid<float>& expected) {
  Grid<float> counted;
  count_electrons(9, expected, counted);
  return counted;
}

TEST(Detector, GetsElectronsWhoseVarianceIsTheirMean) {
  for (const float mean : {0.3F, 5.0F, 80.0F}) {
    const Grid<float> counted = counted_of(Grid<float>(kSensor, mean));

    EXPECT_NEAR(variance_of(counted) / mean_of(counted), 1, 0.03) << mean;
  }
}

TEST(Detector, HasTheNoiseSpectrumOfGainAndNtfSquared) {
  DetectorOptions options = ideal();
  options.gain = 3;
  options.mtf_half_per_px = 0.2;
  options.mtf_power = 1.3;
  options.ntf_half_per_px = 0.35;
  options.ntf_power = 1.7;
  constexpr float kMean = 40;
  const Grid<float> expected(kSensor, kMean);
  Detector detector(options, kSensor, 1);

  const Grid<float> signal = detector.signal(expected, counted_of(expected), 0);

  for (double k = 0.05; k < 0.5; k += 0.05) {
    const double theory = 9 * kMean * std::pow(ntf(options, k + 0.005), 2);
    // A ring holds 1,000 independent frequencies or more.
    EXPECT_NEAR(power_between(signal, k, k + 0.01) / theory, 1, 0.15) << k;
  }
  EXPECT_NEAR(mean_of(signal), 3 * kMean, 0.3);
}

TEST(Detector, PassesASignalByItsMtf) {
  DetectorOptions options = ideal();
  options.mtf_half_per_px = 0.25;
  options.ntf_half_per_px = 0.4;
  Grid<float> stripes(kSensor);
  for (int64_t y = 0; y < kSensor.height; ++y) {
    for (int64_t x = 0; x < kSensor.width; ++x) {
      stripes(y, x) = x % 4 < 2 ? 1.0F : 0.0F;  // 0.25 cycles per pixel: sqrt(2)/4 rms
    }
  }
  Detector detector(options, kSensor, 1);

  const Grid<float> signal = detector.signal_without_noise(stripes);

  EXPECT_NEAR(std::sqrt(variance_of(signal) / variance_of(stripes)), 0.5, 1e-3);
  EXPECT_NEAR(mean_of(signal), 0.5, 1e-5);
}

TEST(Detector, ConservesTheElectronsOfAFrame) {
  DetectorOptions options = ideal();
  options.mtf_half_per_px = 0.15;
  const Grid<float> expected(kSensor, 2.5F);
  const Grid<float> counted = counted_of(expected);
  Detector detector(options, kSensor, 1);

  EXPECT_NEAR(mean_of(detector.signal(expected, counted, 0)), mean_of(counted), 1e-4);
}

TEST(Detector, ReadsNoiseAnewInEveryFrameAndThePatternNever) {
  DetectorOptions options = ideal();
  options.read_noise_sd = 3;
  options.offset_pattern_sd = 4;
  const Grid<float> dark(kSensor);
  Detector detector(options, kSensor, 1);

  const Grid<float> first = detector.signal(dark, dark, 0);
  const Grid<float> second = detector.signal(dark, dark, 1);
  Grid<float> difference = first;
  for (size_t i = 0; i < difference.values().size(); ++i) {
    difference.values()[i] -= second.values()[i];
  }

  EXPECT_NEAR(variance_of(first), 9 + 16, 0.8);
  EXPECT_NEAR(variance_of(difference), 18, 0.6);
}

TEST(Detector, SaturatesAtTheWellAndAtWhite) {
  DetectorOptions options = ideal();
  options.gain = 10;
  options.full_well_electrons = 20;
  options.bits = 8;
  Detector well(options, kSensor, 1);
  options.full_well_electrons = 0;
  Detector endless(options, kSensor, 1);
  const Grid<float> bright(kSensor, 1e6F);
  const Box all{.height = kSensor.height, .width = kSensor.width};

  const Image welled = well.digitised(well.signal_without_noise(bright), all);
  const Image white = endless.digitised(endless.signal_without_noise(bright), all);

  EXPECT_EQ(welled.as<uint8_t>()[100], 200);
  EXPECT_EQ(white.as<uint8_t>()[100], 255);
}

TEST(Detector, RoundsToTheNearestGreyLevelAndCutsOffBelowBlack) {
  const Detector detector(ideal(), kSensor, 1);
  const Grid<float> signal({1, 4}, {-7.0F, 2.4F, 2.5F, 70000.0F});

  const Image image = detector.digitised(signal, {.height = 1, .width = 4});

  EXPECT_EQ(image.type(), SampleType::kUint16);
  EXPECT_THAT(std::vector<uint16_t>(image.as<uint16_t>(), image.as<uint16_t>() + 4),
              testing::ElementsAre(0, 2, 3, 65535));
}

TEST(Detector, KeepsItsHotPixelsInEveryFrame) {
  DetectorOptions options = ideal();
  options.hot_pixel_share = 0.01;
  options.read_noise_sd = 4;
  Detector detector(options, kSensor, 1);
  const Grid<float> dark(kSensor);
  const auto hot_ones = [&](int64_t frame) {
    std::vector<size_t> out;
    const Grid<float>& signal = detector.signal(dark, dark, frame);
    for (size_t i = 0; i < signal.values().size(); ++i) {
      if (signal.values()[i] > 10'000) {
        out.push_back(i);
      }
    }
    return out;
  };

  const std::vector<size_t> first = hot_ones(0);

  EXPECT_GT(first.size(), 100U);
  EXPECT_EQ(hot_ones(7), first);
}

TEST(Detector, HasTheShareOfHotPixels) {
  DetectorOptions options = ideal();
  options.hot_pixel_share = 0.01;
  Detector detector(options, kSensor, 1);

  const Grid<float>& signal = detector.signal_without_noise(Grid<float>(kSensor));
  const auto hot = std::count_if(signal.values().begin(), signal.values().end(),
                                 [](float value) { return value > 10'000; });

  EXPECT_NEAR(static_cast<double>(hot), 0.01 * kSensor.area(), 130);
}

TEST(Detector, RefusesImpossibleValues) {
  DetectorOptions bits = ideal();
  bits.bits = 12;
  DetectorOptions noise = ideal();
  noise.read_noise_sd = -1;

  EXPECT_THROW(Detector(bits, kSensor, 1), Error);
  EXPECT_THROW(Detector(noise, kSensor, 1), Error);
}

}  // namespace
}  // namespace mote::simulate
