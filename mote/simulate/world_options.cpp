#include "mote/simulate/world_options.h"

#include <cmath>

#include "mote/core/error.h"
#include "mote/core/require.h"

namespace mote::simulate {
namespace {

constexpr double kMostFaster = 1e6;

template <typename Value>
void require_range(std::string_view option, Value value, Value low, Value high) {
  require_option(value >= low && value <= high, option, value, fmt::format("{} to {}", low, high));
}

void check_activation(std::string_view name, const Activation& activation) {
  require_range(fmt::format("{}.activation-ev", name), activation.energy_ev, -10.0, 10.0);
}

void check_exchange(std::string_view name, const ExchangeOptions& options) {
  require_range(fmt::format("{}.rate-nm-n-per-s", name), options.rate_nm_n_per_s, 0.0, 1e4);
  require_range(fmt::format("{}.exponent", name), options.exponent, 1, 4);
  check_activation(name, options.activation);
}

void check_species(const SpeciesOptions& species) {
  require_range("species.share", species.share, 0.0, 1e6);
  require_range("species.median-radius-nm", species.median_radius_nm, 1e-3, 1e5);
  require_range("species.radius-spread", species.radius_spread, 0.0, 1.0);
  require_range("species.contact-angle-deg", species.contact_angle_deg, 10.0, 180.0);
  require_range("species.truncation", species.truncation, 0.5, 1.0);
  require_range("species.unevenness-nm", species.unevenness_nm, 0.0, 1e5);
  require_range("species.unevenness-length-nm", species.unevenness_length_nm, 1e-3, 1e6);
}

/// Rates that a temperature makes many times faster leave the steps far behind.
void check_rates(std::string_view name, bool enabled, const Activation& activation,
                 const TemperatureOptions& temperature) {
  constexpr double kEvPerKelvin = 8.617333262e-5;  // Boltzmann's constant
  for (const TemperatureStep& step : temperature.steps) {
    const double faster = -activation.energy_ev / kEvPerKelvin *
                          (1 / step.kelvin - 1 / temperature.reference_kelvin);  // ln of the factor
    if (enabled && faster > std::log(kMostFaster)) {
      throw Error(ErrorKind::kUsage,
                  "{}.activation-ev {} at {} kelvin makes its rate 10^{:.0f} times that at {} "
                  "kelvin, expected at most 10^6 times",
                  name, activation.energy_ev, step.kelvin, faster / std::log(10.0),
                  temperature.reference_kelvin);
    }
  }
}

}  // namespace

void check(const WorldOptions& options) {
  require_range<int64_t>("frames", options.frames, 1, 100000000);
  require_range<int64_t>("height", options.height_px, 16, 16384);
  require_range<int64_t>("width", options.width_px, 16, 16384);
  require_range("pixel-size-nm", options.pixel_size_nm, 1e-4, 1e4);
  require_range("frame-interval-s", options.frame_interval_s, 1e-6, 1e6);
  require_range("exposure-s", options.exposure_s, 0.0, options.frame_interval_s);
  require_range("step-s", options.step_s, 1e-6, 1e6);
  require_range("particles", options.particles, 0.0, 1e5);
  require_range("share-below", options.share_below, 0.0, 1.0);
  require_range("share-inside", options.share_inside, 0.0, 1.0 - options.share_below);
  require_range("film.thickness-nm", options.film_thickness_nm, 0.0, 1e6);
  require_range("clearance-nm", options.clearance_nm, 0.0, 1e6);
  require_range("vanishing-radius-nm", options.vanishing_radius_nm, 1e-6, 1e4);
  if (options.species.empty()) {
    throw Error(ErrorKind::kUsage, "species is empty, expected one at least");
  }
  double shares = 0;
  for (const SpeciesOptions& species : options.species) {
    check_species(species);
    shares += species.share;
  }
  require_option(shares > 0, "species.share", shares, "more than 0 in sum");
  require_range("temperature.reference-kelvin", options.temperature.reference_kelvin, 1.0, 1e4);
  double before_s = 0;
  for (const TemperatureStep& step : options.temperature.steps) {
    require_range("temperature.steps.time-s", step.time_s, before_s, 1e12);
    require_range("temperature.steps.kelvin", step.kelvin, 1.0, 1e4);
    before_s = step.time_s;
  }
  require_range("migration.diffusivity-nm2-per-s", options.migration.diffusivity_nm2_per_s, 0.0,
                1e9);
  require_range("migration.size-exponent", options.migration.size_exponent, 0.0, 8.0);
  check_activation("migration", options.migration.activation);
  require_range("stage.velocity-y-nm-per-s", options.stage.velocity_y_nm_per_s, -1e6, 1e6);
  require_range("stage.velocity-x-nm-per-s", options.stage.velocity_x_nm_per_s, -1e6, 1e6);
  require_range("stage.wander-nm", options.stage.wander_nm, 0.0, 1e6);
  require_range("stage.wander-period-s", options.stage.wander_period_s, 1e-3, 1e9);
  require_range("stage.jump-nm", options.stage.jump_nm, 0.0, 1e6);
  require_range("stage.jump-interval-s", options.stage.jump_interval_s, 1e-3, 1e9);
  require_range("stage.jump-duration-s", options.stage.jump_duration_s, 1e-6, 1e6);
  require_range("ripening.exponent", options.ripening.exponent, 2, 4);
  require_range("ripening.rate-nm-n-per-s", options.ripening.rate_nm_n_per_s, 0.0, 1e6);
  require_range<int64_t>("ripening.ensemble", options.ripening.ensemble, 1000, 1000000);
  check_activation("ripening", options.ripening.activation);
  check_exchange("growth", options.growth);
  check_exchange("dissolution", options.dissolution);
  require_range("nucleation.rate-per-nm2-s", options.nucleation.rate_per_nm2_s, 0.0, 1e3);
  require_range("nucleation.fade-time-s", options.nucleation.fade_time_s, 0.0, 1e9);
  check_activation("nucleation", options.nucleation.activation);
  require_range("coalescence.neck-exponent", options.coalescence.neck_exponent, 0.05, 1.0);
  require_range("coalescence.neck-time-s", options.coalescence.neck_time_s, 1e-9, 1e9);
  require_range("coalescence.relaxation-time-s", options.coalescence.relaxation_time_s, 1e-9, 1e9);
  require_range("coalescence.size-exponent", options.coalescence.size_exponent, 0.0, 8.0);
  require_range("coalescence.final-neck-ratio", options.coalescence.final_neck_ratio, 0.05, 1.0);
  require_range("coalescence.merge-neck-ratio", options.coalescence.merge_neck_ratio, 0.1, 0.95);
  check_activation("coalescence", options.coalescence.activation);
  require_range("flicker.bright-time-s", options.flicker.bright_time_s, 1e-6, 1e9);
  require_range("flicker.dark-time-s", options.flicker.dark_time_s, 1e-6, 1e9);
  require_range("flicker.dark-contrast", options.flicker.dark_contrast, 0.0, 1.0);
  const TemperatureOptions& temperature = options.temperature;
  check_rates("migration", options.migration.enabled, options.migration.activation, temperature);
  check_rates("ripening", options.ripening.enabled, options.ripening.activation, temperature);
  check_rates("growth", options.growth.enabled, options.growth.activation, temperature);
  check_rates("dissolution", options.dissolution.enabled, options.dissolution.activation,
              temperature);
  check_rates("nucleation", options.nucleation.enabled, options.nucleation.activation, temperature);
  check_rates("coalescence", options.coalescence.enabled, options.coalescence.activation,
              temperature);
}

}  // namespace mote::simulate
