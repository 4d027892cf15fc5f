#include "mote/simulate/world_presets.h"

#include <array>

namespace mote::simulate {
namespace {

constexpr std::array<std::string_view, 11> kNames = {
    "sintering", "ripening", "coalescence", "nucleation", "crowded",     "overlap",
    "flicker",   "low-dose", "drift",       "haadf",      "liquid-cell",
};

/// Gold on carbon that is heated: particles move, meet and grow together while small ones
/// dissolve; some never relax.
WorldOptions sintering() {
  WorldOptions options;
  options.particles = 60;
  options.species[0].median_radius_nm = 3.4;
  options.species[0].radius_spread = 0.25;
  options.species[0].unevenness_nm = 0.16;
  options.migration.diffusivity_nm2_per_s = 1.5;
  options.migration.activation.energy_ev = 0.6;
  options.coalescence.neck_time_s = 1;
  options.coalescence.relaxation_time_s = 2;
  options.coalescence.activation.energy_ev = 0.8;
  options.ripening.enabled = true;
  options.ripening.exponent = 4;
  options.ripening.rate_nm_n_per_s = 0.26;
  options.ripening.activation.energy_ev = 1;
  options.temperature = {.reference_kelvin = 773, .steps = {{.time_s = 8, .kelvin = 823}}};
  return options;
}

WorldOptions ripening() {
  WorldOptions options;
  options.particles = 50;
  options.species[0].median_radius_nm = 3.5;
  options.migration.diffusivity_nm2_per_s = 0.02;
  options.coalescence.enabled = false;
  options.ripening.enabled = true;
  options.ripening.exponent = 3;
  options.ripening.rate_nm_n_per_s = 4;
  options.vanishing_radius_nm = 0.6;
  options.frame_interval_s = 0.2;
  options.exposure_s = 0.2;
  options.step_s = 0.04;
  return options;
}

WorldOptions coalescence() {
  WorldOptions options;
  options.particles = 45;
  options.migration.diffusivity_nm2_per_s = 6;
  options.coalescence.neck_time_s = 0.8;
  options.coalescence.relaxation_time_s = 1;
  return options;
}

WorldOptions nucleation() {
  WorldOptions options;
  options.particles = 4;
  options.species[0].median_radius_nm = 2;
  options.migration.diffusivity_nm2_per_s = 0.02;
  options.nucleation.enabled = true;
  options.nucleation.rate_per_nm2_s = 5e-4;
  options.nucleation.fade_time_s = 8;
  options.growth.enabled = true;
  options.growth.rate_nm_n_per_s = 0.6;
  options.vanishing_radius_nm = 0.6;
  return options;
}

WorldOptions crowded() {
  WorldOptions options = coalescence();
  options.particles = 160;
  options.species[0].median_radius_nm = 2.6;
  options.species[0].radius_spread = 0.2;
  options.migration.diffusivity_nm2_per_s = 0.6;
  options.coalescence.final_neck_ratio = 0.45;
  options.clearance_nm = 0.2;
  return options;
}

/// Particles on both faces that cross, cover one another for up to 10 s, and part: all nearly as
/// fast, since large ones that hardly move would stay over one another.
WorldOptions overlap() {
  WorldOptions options;
  options.particles = 40;
  options.share_below = 0.5;
  options.species[0].radius_spread = 0.1;
  options.migration.diffusivity_nm2_per_s = 8;
  options.migration.size_exponent = 1;
  options.coalescence.enabled = false;
  return options;
}

WorldOptions flicker() {
  WorldOptions options;
  options.migration.diffusivity_nm2_per_s = 0.3;
  options.flicker.enabled = true;
  return options;
}

WorldOptions low_dose() {
  WorldOptions options = coalescence();
  options.particles = 30;
  return options;
}

WorldOptions drift() {
  WorldOptions options;
  options.migration.diffusivity_nm2_per_s = 0.2;
  options.stage.velocity_y_nm_per_s = 0.4;
  options.stage.velocity_x_nm_per_s = -0.7;
  options.stage.wander_nm = 2;
  options.stage.jump_nm = 3;
  options.stage.jump_interval_s = 6;
  return options;
}

/// Two species, of which the lighter are larger and flat on the support, facets turned at random.
WorldOptions haadf() {
  WorldOptions options;
  options.particles = 30;
  options.species = {{.name = "platinum", .median_radius_nm = 2.5},
                     {.name = "titania",
                      .share = 0.3,
                      .median_radius_nm = 6,
                      .shape = Shape::kTruncatedOctahedron}};
  options.migration.diffusivity_nm2_per_s = 0.3;
  options.frame_interval_s = 0.5;
  options.exposure_s = 0.5;
  options.step_s = 0.05;
  return options;
}

/// Growth in a layer of liquid, in three dimensions.
WorldOptions liquid_cell() {
  WorldOptions options;
  options.particles = 30;
  options.share_inside = 1;
  options.pixel_size_nm = 0.4;
  options.frame_interval_s = 0.2;
  options.exposure_s = 0.2;
  options.step_s = 0.04;
  options.film_thickness_nm = 100;
  options.species[0].median_radius_nm = 6;
  options.species[0].radius_spread = 0.25;
  options.migration.diffusivity_nm2_per_s = 8;
  options.migration.size_exponent = 1;  // Stokes and Einstein
  options.nucleation.enabled = true;
  options.nucleation.rate_per_nm2_s = 1e-5;
  options.growth.enabled = true;
  options.growth.rate_nm_n_per_s = 0.4;
  options.vanishing_radius_nm = 1.2;
  return options;
}

}  // namespace

std::span<const std::string_view> world_presets() {
  return kNames;
}

std::optional<WorldOptions> world_preset(std::string_view name) {
  constexpr std::array<WorldOptions (*)(), kNames.size()> kMakers = {
      sintering, ripening, coalescence, nucleation, crowded,     overlap,
      flicker,   low_dose, drift,       haadf,      liquid_cell,
  };
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) {
      return kMakers[i]();
    }
  }
  return std::nullopt;
}

}  // namespace mote::simulate
