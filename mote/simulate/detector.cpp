#include "mote/simulate/detector.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "mote/core/require.h"
#include "mote/simulate/random.h"

namespace mote::simulate {
namespace {

constexpr float kLeastResponse = 1e-6F;

double response(double half_per_px, double power, double k_per_px) {
  return half_per_px > 0 ? std::exp2(-std::pow(k_per_px / half_per_px, power)) : 1;
}

void check(const DetectorOptions& options) {
  const auto within = [](double value, double low, double high) {
    return value >= low && value <= high;
  };
  require_option(within(options.gain, 0, 1e6), "detector.gain", options.gain, "0 to 1000000");
  require_option(within(options.offset, -1e6, 1e6), "detector.offset", options.offset,
                 "-1000000 to 1000000");
  require_option(within(options.mtf_half_per_px, 0, 100), "detector.mtf-half-per-px",
                 options.mtf_half_per_px, "0 to 100");
  require_option(within(options.ntf_half_per_px, 0, 100), "detector.ntf-half-per-px",
                 options.ntf_half_per_px, "0 to 100");
  require_option(within(options.mtf_power, 0.1, 10), "detector.mtf-power", options.mtf_power,
                 "0.1 to 10");
  require_option(within(options.ntf_power, 0.1, 10), "detector.ntf-power", options.ntf_power,
                 "0.1 to 10");
  require_option(within(options.gain_pattern_sd, 0, 0.25), "detector.gain-pattern-sd",
                 options.gain_pattern_sd, "0 to 0.25");
  require_option(within(options.offset_pattern_sd, 0, 1e5), "detector.offset-pattern-sd",
                 options.offset_pattern_sd, "0 to 100000");
  require_option(within(options.read_noise_sd, 0, 1e5), "detector.read-noise-sd",
                 options.read_noise_sd, "0 to 100000");
  require_option(within(options.hot_pixel_share, 0, 1), "detector.hot-pixel-share",
                 options.hot_pixel_share, "0 to 1");
  require_option(within(options.full_well_electrons, 0, 1e9), "detector.full-well-electrons",
                 options.full_well_electrons, "0 to 1000000000");
  require_option(options.bits == 8 || options.bits == 16, "detector.bits", options.bits, "8 or 16");
}

template <typename Sample>
void digitise(const Grid<float>& signal, Box box, float white, Image& out) {
  auto* to = out.as<Sample>();
  for (int64_t y = 0; y < box.height; ++y) {
    const float* from = signal.row(box.y + y) + box.x;
    for (int64_t x = 0; x < box.width; ++x) {
      *to++ = static_cast<Sample>(std::clamp(from[x] + 0.5F, 0.0F, white));
    }
  }
}

}  // namespace

double mtf(const DetectorOptions& options, double k_per_px) {
  return response(options.mtf_half_per_px, options.mtf_power, k_per_px);
}

double ntf(const DetectorOptions& options, double k_per_px) {
  return options.ntf_half_per_px > 0
             ? response(options.ntf_half_per_px, options.ntf_power, k_per_px)
             : mtf(options, k_per_px);
}

Detector::Detector(const DetectorOptions& options, Size size, uint64_t seed)
    : options_(options),
      seed_(mix(seed)),
      gain_(size, static_cast<float>(options.gain)),
      offset_(size, static_cast<float>(options.offset)),
      signal_(size) {
  check(options);
  const auto made = [&](const auto& of_k) {
    return imaging::packed_response(
        size, [&](double ky, double kx) { return of_k(std::sqrt(ky * ky + kx * kx)); });
  };
  if (options.mtf_half_per_px > 0 || options.ntf_half_per_px > 0) {
    ntf_ = made([&](double k) { return ntf(options_, k); });
    imaging::PackedSpectrum remainder =
        made([&](double k) { return mtf(options_, k) - ntf(options_, k); });
    if (std::any_of(remainder.values().begin(), remainder.values().end(),
                    [](float value) { return std::abs(value) > kLeastResponse; })) {
      remainder_ = std::move(remainder);
    }
  }
  const float* deviates = normal_deviates();
  const double white = static_cast<double>((int64_t{1} << options.bits) - 1);
  for (size_t i = 0; i < gain_.values().size(); ++i) {
    Random random(mix(seed_ ^ 1) + i);
    const double gain_error = deviates[random.bits() >> (64 - kNormalBits)];
    const double offset_error = deviates[random.bits() >> (64 - kNormalBits)];
    gain_.values()[i] *= static_cast<float>(1 + options.gain_pattern_sd * gain_error);
    offset_.values()[i] += static_cast<float>(options.offset_pattern_sd * offset_error);
    if (random.uniform(0, 1) < options.hot_pixel_share) {
      offset_.values()[i] += static_cast<float>(white * random.uniform(0.2, 1));
    }
  }
}

/// Leaves in signal_ `image` with the NTF and `expected` with what the MTF is beyond that.
void Detector::spread(const Grid<float>& image, const Grid<float>& expected) {
  if (!ntf_) {
    signal_ = image;
    return;
  }
  imaging::transform_real(image, sum_);
  for (size_t i = 0; i < sum_.values().size(); ++i) {
    sum_.values()[i] *= ntf_->values()[i];
  }
  if (remainder_) {
    imaging::transform_real(expected, spectrum_);
    for (size_t i = 0; i < sum_.values().size(); ++i) {
      sum_.values()[i] += spectrum_.values()[i] * remainder_->values()[i];
    }
  }
  imaging::transform_back_real(sum_, signal_);
}

void Detector::apply_gain() {
  const auto most = static_cast<float>(options_.full_well_electrons);
  for (size_t i = 0; i < signal_.values().size(); ++i) {
    float& value = signal_.values()[i];
    value = most > 0 ? std::min(value, most) : value;
    value = value * gain_.values()[i] + offset_.values()[i];
  }
}

const Grid<float>& Detector::signal(const Grid<float>& expected, const Grid<float>& counted,
                                    int64_t frame) {
  spread(counted, expected);
  apply_gain();
  if (options_.read_noise_sd > 0) {
    const float* deviates = normal_deviates();
    const auto sd = static_cast<float>(options_.read_noise_sd);
    const uint64_t key = mix(mix(seed_ ^ 2) + static_cast<uint64_t>(frame));
    for (size_t i = 0; i < signal_.values().size(); ++i) {
      signal_.values()[i] += sd * deviates[mix(key + i) >> (64 - kNormalBits)];
    }
  }
  return signal_;
}

const Grid<float>& Detector::signal_without_noise(const Grid<float>& expected) {
  spread(expected, expected);
  apply_gain();
  return signal_;
}

Image Detector::digitised(const Grid<float>& signal, Box box) const {
  const bool narrow = options_.bits == 8;
  Image out(box.size(), narrow ? SampleType::kUint8 : SampleType::kUint16);
  const auto white = static_cast<float>((int64_t{1} << options_.bits) - 1);
  if (narrow) {
    digitise<uint8_t>(signal, box, white, out);
  } else {
    digitise<uint16_t>(signal, box, white, out);
  }
  return out;
}

}  // namespace mote::simulate
