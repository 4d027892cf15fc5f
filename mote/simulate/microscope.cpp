#include "mote/simulate/microscope.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "mote/core/require.h"
#include "mote/simulate/poisson.h"
#include "mote/simulate/random.h"

namespace mote::simulate {
namespace {

constexpr double kA2PerNm2 = 100;

MicroscopeOptions checked(const MicroscopeOptions& options) {
  check(options.view);
  const BeamOptions& beam = options.beam;
  const auto within = [](double value, double low, double high) {
    return value >= low && value <= high;
  };
  require_option(within(beam.dose_e_per_a2_s, 0, 1e9), "dose-e-per-a2-s", beam.dose_e_per_a2_s,
                 "0 to 1000000000");
  require_option(within(beam.exposure_s, 0, 1e5), "exposure-s", beam.exposure_s, "0 to 100000");
  require_option(within(beam.unevenness, 0, 1), "beam.unevenness", beam.unevenness, "0 to 1");
  require_option(within(beam.wander, 0, 1), "beam.wander", beam.wander, "0 to 1");
  require_option(within(beam.wander_period_s, 1e-6, 1e9), "beam.wander-period-s",
                 beam.wander_period_s, "0.000001 to 1000000000");
  // Fringes and a wandering beam brighten some pixels: a factor of 4 is left for them.
  require_option(electrons_per_pixel(options) <= kMostElectrons / 4,
                 "dose-e-per-a2-s times exposure-s and pixel area", electrons_per_pixel(options),
                 "at most 4194303 electrons a pixel");
  return options;
}

Box sensor_of(const BrightField* bright, Size field) {
  return bright != nullptr ? bright->sensor()
                           : Box{.y = 0, .x = 0, .height = field.height, .width = field.width};
}

/// Scanned pixels are read out one by one: no response spreads them.
DetectorOptions detector_of(const MicroscopeOptions& options) {
  DetectorOptions out = options.detector;
  if (options.view.mode == Mode::kHaadf) {
    out.mtf_half_per_px = 0;
    out.ntf_half_per_px = 0;
  }
  return out;
}

Grid<float> illumination_over(Box sensor, Size field, double unevenness, Random& random) {
  const double y_brightest = random.uniform(0.25, 0.75) * static_cast<double>(field.height);
  const double x_brightest = random.uniform(0.25, 0.75) * static_cast<double>(field.width);
  const double half_diagonal = 0.5 * std::hypot(field.height, field.width);
  Grid<float> out(sensor.size());
  for (int64_t y = 0; y < sensor.height; ++y) {
    for (int64_t x = 0; x < sensor.width; ++x) {
      const double dy = (static_cast<double>(sensor.y + y) - y_brightest) / half_diagonal;
      const double dx = (static_cast<double>(sensor.x + x) - x_brightest) / half_diagonal;
      // 1 on average over a centred field: the mean of r^2 is 1/3 of its value at a corner.
      out(y, x) =
          static_cast<float>(std::max(0.0, 1 + unevenness * (1.0 / 3 - (dy * dy + dx * dx))));
    }
  }
  return out;
}

}  // namespace

double electrons_per_pixel(const MicroscopeOptions& options) {
  const double pixel_a2 = kA2PerNm2 * options.view.pixel_size_nm * options.view.pixel_size_nm;
  return options.beam.dose_e_per_a2_s * options.beam.exposure_s * pixel_a2;
}

Microscope::Microscope(const MicroscopeOptions& options)
    : options_(checked(options)),
      bright_(options.view.mode == Mode::kBrightField
                  ? std::make_unique<BrightField>(options.view, mix(options.seed ^ 1))
                  : nullptr),
      dark_(options.view.mode == Mode::kHaadf
                ? std::make_unique<DarkField>(options.view, mix(options.seed ^ 1))
                : nullptr),
      sensor_(sensor_of(bright_.get(), options.view.field)),
      detector_(detector_of(options), sensor_.size(), mix(options.seed ^ 2)),
      expected_(sensor_.size()),
      counted_(sensor_.size()) {
  Random random(mix(options.seed ^ 3));
  illumination_ = illumination_over(sensor_, options.view.field, options.beam.unevenness, random);
  wander_phase_ = random.uniform(0, 2 * std::numbers::pi);
}

Image Microscope::frame(const LayersAt& layers, const DriftAt& drift, int64_t index,
                        double time_s) {
  const BeamOptions& beam = options_.beam;
  const Grid<float>& intensity = bright_
                                     ? bright_->expose(layers, drift, time_s, beam.exposure_s)
                                     : dark_->expose(layers, drift, time_s, beam.exposure_s, index);
  const double turns = (time_s + 0.5 * beam.exposure_s) / beam.wander_period_s;
  const double brightness =
      1 + beam.wander * std::sin(2 * std::numbers::pi * turns + wander_phase_);
  const auto electrons = static_cast<float>(electrons_per_pixel(options_) * brightness);
  for (size_t i = 0; i < expected_.values().size(); ++i) {
    expected_.values()[i] = std::min(intensity.values()[i] * illumination_.values()[i] * electrons,
                                     static_cast<float>(kMostElectrons));
  }
  const Box field{.y = -sensor_.y,
                  .x = -sensor_.x,
                  .height = options_.view.field.height,
                  .width = options_.view.field.width};
  if (!options_.noise) {
    counted_ = expected_;
    return detector_.digitised(detector_.signal_without_noise(expected_), field);
  }
  count_electrons(mix(mix(options_.seed ^ 4) + static_cast<uint64_t>(index)), expected_, counted_);
  return detector_.digitised(detector_.signal(expected_, counted_, index), field);
}

}  // namespace mote::simulate
