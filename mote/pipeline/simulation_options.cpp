#include "mote/pipeline/simulation_options.h"

#include <limits>
#include <string_view>
#include <utility>

#include "mote/core/require.h"
#include "mote/simulate/simulation_presets.h"

namespace mote::pipeline {
namespace {

using simulate::Material;
using simulate::SimulationOptions;
using simulate::WorldOptions;

/// Options of other whole types, as the visitor's.
template <typename Whole>
void count(SimulationVisitor& visitor, const std::string& key, Whole& value,
           const std::string& help) {
  auto whole = static_cast<int64_t>(value);
  visitor.count(key, whole, help);
  constexpr int64_t kMost = std::in_range<int64_t>(std::numeric_limits<Whole>::max())
                                ? static_cast<int64_t>(std::numeric_limits<Whole>::max())
                                : std::numeric_limits<int64_t>::max();
  require_option(std::in_range<Whole>(whole), key, whole,
                 fmt::format("{} to {}", std::numeric_limits<Whole>::min(), kMost));
  value = static_cast<Whole>(whole);
}

void activation(SimulationVisitor& visitor, simulate::Activation& value) {
  visitor.number("activation-ev", value.energy_ev,
                 "rates go with exp(-E/kB (1/T - 1/T0)); 0: with no temperature");
}

Choice material_choice(Material& material) {
  Choice choice;
  for (const simulate::NamedMaterial& known : simulate::materials()) {
    choice.names.emplace_back(known.name);
  }
  choice.names.emplace_back("custom");
  choice.get = [&material] {
    for (const simulate::NamedMaterial& known : simulate::materials()) {
      if (known.material == material) {
        return std::string(known.name);
      }
    }
    return std::string("custom");
  };
  choice.set = [&material](const std::string& wanted) {
    for (const simulate::NamedMaterial& known : simulate::materials()) {
      if (known.name == wanted) {
        material = known.material;
      }
    }
  };
  return choice;
}

void visit_species(SimulationVisitor& visitor, simulate::SpeciesOptions& species,
                   Material& material) {
  using simulate::Shape;
  visitor.text("name", species.name, "what the truth calls it");
  visitor.number("share", species.share, "of the particles, relative to the other species'");
  visitor.number("median-radius-nm", species.median_radius_nm, "of spheres of equal volume");
  visitor.number("radius-spread", species.radius_spread,
                 "standard deviation of ln r; where ripening is on, its stationary law holds");
  visitor.choice("shape",
                 choice_of(species.shape, {{"sphere", Shape::kSphere},
                                           {"truncated-sphere", Shape::kTruncatedSphere},
                                           {"cube", Shape::kCube},
                                           {"truncated-octahedron", Shape::kTruncatedOctahedron}}),
                 "sphere, truncated-sphere, cube or truncated-octahedron");
  visitor.number("contact-angle-deg", species.contact_angle_deg, "of a truncated sphere");
  visitor.number("truncation", species.truncation, "of a truncated octahedron");
  visitor.number("unevenness-nm", species.unevenness_nm,
                 "standard deviation of the outline of spheres and pairs from its ideal");
  visitor.number("unevenness-length-nm", species.unevenness_length_nm,
                 "over which the outline varies");
  visitor.choice("material", material_choice(material),
                 "gold, platinum, titania, or custom: by the numbers that follow");
  visitor.number("inner-potential-v", material.inner_potential_v, "mean inner potential");
  visitor.number("mean-free-path-nm", material.mean_free_path_nm,
                 "of all that leaves a bright-field image; 0: nothing does");
  visitor.number("haadf-scatter-per-nm", material.haadf_scatter_per_nm,
                 "share of the beam that reaches the annular detector");
  simulate::CrystalContrast& crystal = material.crystal;
  visitor.number("bragg-share", crystal.bragg_share,
                 "of the crystals that lie near a Bragg condition");
  visitor.number("bragg-strength", crystal.bragg_strength,
                 "most that such a one absorbs beyond the others, relative");
  visitor.number("fringe-share", crystal.fringe_share, "of the crystals that show fringes");
  visitor.number("fringe-contrast", crystal.fringe_contrast,
                 "most that fringes change the intensity, relative");
  visitor.number("fringe-nm", crystal.fringe_nm,
                 "longest period of the fringes; others have down to 3/4 of it");
}

void visit_lists(SimulationVisitor& visitor, SimulationOptions& options) {
  WorldOptions& world = options.world;
  visitor.list(
      "species", "kinds of particles; rates hold for the median radius of the first, r0",
      world.species.size(),
      [&](size_t size) {
        if (!world.species.empty()) {
          world.species.resize(size, world.species.front());
          options.materials.resize(size, options.materials.front());
        }
      },
      [&](size_t i) { visit_species(visitor, world.species[i], options.materials[i]); });
  visitor.table("temperature", "of the specimen", [&] {
    visitor.number("reference-kelvin", world.temperature.reference_kelvin,
                   "at which all rates hold, and the recording begins");
    auto& steps = world.temperature.steps;
    visitor.list(
        "steps", "each holds from its time on", steps.size(),
        [&](size_t size) { steps.resize(size); },
        [&](size_t i) {
          visitor.number("time-s", steps[i].time_s, "from which on");
          visitor.number("kelvin", steps[i].kelvin, "the specimen is so warm");
        });
  });
}

void visit_motion(SimulationVisitor& visitor, WorldOptions& world) {
  visitor.table("migration", "Brownian, D = D0 (r/r0)^-p", [&] {
    visitor.flag("enabled", world.migration.enabled, "particles move");
    visitor.number("diffusivity-nm2-per-s", world.migration.diffusivity_nm2_per_s,
                   "D0: mean square displacement 4 D t");
    visitor.number("size-exponent", world.migration.size_exponent,
                   "p; 4: diffusion of atoms over the particle");
    activation(visitor, world.migration.activation);
  });
  visitor.table("stage", "how it carries the specimen", [&] {
    visitor.flag("enabled", world.stage.enabled, "the specimen drifts");
    visitor.number("velocity-y-nm-per-s", world.stage.velocity_y_nm_per_s, "steadily, down");
    visitor.number("velocity-x-nm-per-s", world.stage.velocity_x_nm_per_s,
                   "steadily, to the right");
    visitor.number("wander-nm", world.stage.wander_nm,
                   "standard deviation of a smooth part, per axis");
    visitor.number("wander-period-s", world.stage.wander_period_s, "its slowest period");
    visitor.number("jump-nm", world.stage.jump_nm, "standard deviation of a jump, per axis");
    visitor.number("jump-interval-s", world.stage.jump_interval_s,
                   "each has one jump, at a random time");
    visitor.number("jump-duration-s", world.stage.jump_duration_s, "of a jump");
  });
}

void visit_exchange(SimulationVisitor& visitor, const std::string& key, const std::string& help,
                    simulate::ExchangeOptions& exchange) {
  visitor.table(key, help, [&] {
    visitor.flag("enabled", exchange.enabled, "whether it happens");
    visitor.number("rate-nm-n-per-s", exchange.rate_nm_n_per_s, "K");
    count(visitor, "exponent", exchange.exponent, "n; 1: by the surface, 2: by diffusion");
    activation(visitor, exchange.activation);
  });
}

void visit_growth(SimulationVisitor& visitor, WorldOptions& world) {
  visitor.table("ripening", "dr/dt = A r^(1-n) (r/r* - 1), at conserved volume", [&] {
    visitor.flag("enabled", world.ripening.enabled, "large particles grow, small ones shrink");
    count(visitor, "exponent", world.ripening.exponent, "n: 2, 3 or 4");
    visitor.number("rate-nm-n-per-s", world.ripening.rate_nm_n_per_s, "A");
    visitor.count("ensemble", world.ripening.ensemble, "particles that set r*");
    activation(visitor, world.ripening.activation);
  });
  visit_exchange(visitor, "growth", "dr/dt = K r^(1-n), of all alike", world.growth);
  visit_exchange(visitor, "dissolution", "dr/dt = -K r^(1-n), of all alike", world.dissolution);
  visitor.table("nucleation", "a Poisson process in space and time", [&] {
    visitor.flag("enabled", world.nucleation.enabled, "new particles appear");
    visitor.number("rate-per-nm2-s", world.nucleation.rate_per_nm2_s, "at the beginning");
    visitor.number("fade-time-s", world.nucleation.fade_time_s,
                   "in which the rate falls to 1/e; 0: never");
    activation(visitor, world.nucleation.activation);
  });
}

void visit_meeting(SimulationVisitor& visitor, WorldOptions& world) {
  simulate::CoalescenceOptions& coalescence = world.coalescence;
  visitor.table("coalescence",
                "of particles that touch: x/r = 0.3 (t/t_neck)^a up to 0.3, then relaxation", [&] {
                  visitor.flag("enabled", coalescence.enabled, "they merge; else they block");
                  visitor.number("neck-exponent", coalescence.neck_exponent, "a");
                  visitor.number("neck-time-s", coalescence.neck_time_s, "t_neck of radius r0");
                  visitor.number("relaxation-time-s", coalescence.relaxation_time_s,
                                 "of radius r0");
                  visitor.number("size-exponent", coalescence.size_exponent,
                                 "m, both times go with (r/r0)^m: 4 surface diffusion, 1 viscous");
                  visitor.number("final-neck-ratio", coalescence.final_neck_ratio,
                                 "below 1 the pair stays a dumbbell");
                  visitor.number("merge-neck-ratio", coalescence.merge_neck_ratio,
                                 "from which on two tracks are one");
                  activation(visitor, coalescence.activation);
                });
  visitor.table("flicker", "of single particles, in and out of diffraction contrast", [&] {
    visitor.flag("enabled", world.flicker.enabled, "whether they do");
    visitor.number("bright-time-s", world.flicker.bright_time_s, "mean time in contrast");
    visitor.number("dark-time-s", world.flicker.dark_time_s, "mean time out of it");
    visitor.number("dark-contrast", world.flicker.dark_contrast, "share that is left then");
  });
}

void visit_optics(SimulationVisitor& visitor, simulate::ViewOptions& view) {
  simulate::OpticsOptions& optics = view.optics;
  visitor.table("optics", "of a bright-field microscope", [&] {
    visitor.number("voltage-kv", optics.voltage_kv, "of HAADF too");
    visitor.number("defocus-nm", optics.defocus_nm, "positive is underfocus");
    visitor.number("cs-mm", optics.cs_mm, "spherical aberration");
    visitor.number("focal-spread-nm", optics.focal_spread_nm, "standard deviation");
    visitor.number("convergence-mrad", optics.convergence_mrad, "half-angle, to 1/e");
    visitor.number("aperture-mrad", optics.aperture_mrad, "half-angle; 0: none");
    visitor.number("vibration-nm", optics.vibration_nm, "standard deviation, per axis");
    visitor.count("sub-exposures", view.sub_exposures, "waves a frame");
    visitor.number("plane-nm", view.plane_nm, "bodies closer along the beam are one plane");
  });
  simulate::ScanOptions& scan = view.scan;
  visitor.table("scan", "of HAADF", [&] {
    visitor.number("probe-sd-nm", scan.probe_sd_nm, "of the Gaussian core");
    visitor.number("probe-tail-share", scan.probe_tail_share, "of the current");
    visitor.number("probe-tail-sd-nm", scan.probe_tail_sd_nm, "of the tail");
    visitor.number("line-jitter-px", scan.line_jitter_px, "of each line's place, per axis");
    visitor.number("line-gain-sd", scan.line_gain_sd, "of each line's brightness, relative");
    visitor.count("lines-per-step", scan.lines_per_step, "for which the specimen stands still");
  });
}

void visit_specimen(SimulationVisitor& visitor, SimulationOptions& options) {
  simulate::FilmOptions& film = options.microscope.view.film;
  visitor.table("film", "the amorphous support", [&] {
    visitor.number("thickness-nm", options.world.film_thickness_nm,
                   "between the faces that particles lie on");
    visitor.number("mean-free-path-nm", film.mean_free_path_nm, "");
    visitor.number("inner-potential-v", film.inner_potential_v, "");
    visitor.number("haadf-scatter-per-nm", film.haadf_scatter_per_nm, "");
    visitor.number("phase-sd-rad", film.phase_sd_rad, "of its texture");
    visitor.number("grain-nm", film.grain_nm, "of its texture: standard deviation of one grain");
  });
  simulate::LiquidOptions& liquid = options.microscope.view.liquid;
  visitor.table("liquid", "between two windows", [&] {
    visitor.number("thickness-nm", liquid.thickness_nm, "with the windows; 0: none");
    visitor.number("mean-free-path-nm", liquid.mean_free_path_nm, "");
    visitor.number("collected-share", liquid.collected_share,
                   "of electrons that lost energy, which make a blurred image");
    visitor.number("blur-nm", liquid.blur_nm, "standard deviation of that");
    visitor.number("haadf-scatter-per-nm", liquid.haadf_scatter_per_nm, "");
  });
}

void visit_camera(SimulationVisitor& visitor, simulate::MicroscopeOptions& microscope) {
  visitor.table("beam", "", [&] {
    visitor.number("unevenness", microscope.beam.unevenness, "fall from brightest to a corner");
    visitor.number("wander", microscope.beam.wander, "amplitude of slow changes, relative");
    visitor.number("wander-period-s", microscope.beam.wander_period_s, "");
    visitor.flag("noise", microscope.noise, "of electrons and of reading out");
  });
  simulate::DetectorOptions& detector = microscope.detector;
  visitor.table("detector", "", [&] {
    visitor.number("gain", detector.gain, "grey levels an electron");
    visitor.number("offset", detector.offset, "grey levels without an electron");
    visitor.number("mtf-half-per-px", detector.mtf_half_per_px,
                   "frequency at which the signal falls to half; 0: it does not");
    visitor.number("mtf-power", detector.mtf_power, "MTF = 2^-((k / half)^power)");
    visitor.number("ntf-half-per-px", detector.ntf_half_per_px,
                   "likewise of the noise; 0: as the signal");
    visitor.number("ntf-power", detector.ntf_power, "");
    visitor.number("gain-pattern-sd", detector.gain_pattern_sd, "fixed, relative");
    visitor.number("offset-pattern-sd", detector.offset_pattern_sd, "fixed, grey levels");
    visitor.number("read-noise-sd", detector.read_noise_sd, "grey levels");
    visitor.number("hot-pixel-share", detector.hot_pixel_share, "of the pixels");
    visitor.number("full-well-electrons", detector.full_well_electrons, "0: without limit");
    visitor.count("bits", detector.bits, "8 or 16");
  });
}

}  // namespace

void visit_simulation(SimulationVisitor& visitor, SimulationOptions& options) {
  using simulate::Mode;
  WorldOptions& world = options.world;
  count(visitor, "seed", world.seed, "another seed, another recording");
  visitor.count("frames", world.frames, "of the recording");
  visitor.count("height", world.height_px, "of a frame, in pixels");
  visitor.count("width", world.width_px, "of a frame, in pixels");
  visitor.number("pixel-size-nm", world.pixel_size_nm, "side of a pixel");
  visitor.number("frame-interval-s", world.frame_interval_s, "time between frames");
  visitor.number("exposure-s", world.exposure_s, "of a frame");
  visitor.number("dose-e-per-a2-s", options.microscope.beam.dose_e_per_a2_s,
                 "electrons per square angstrom and second");
  visitor.choice("mode",
                 choice_of(options.microscope.view.mode,
                           {{"bright-field", Mode::kBrightField}, {"haadf", Mode::kHaadf}}),
                 "bright-field or haadf");
  visitor.number("step-s", world.step_s, "in which particles move straight");
  visitor.number("particles", world.particles, "in a field, on average");
  visitor.number("share-below", world.share_below, "of the particles, on the lower face");
  visitor.number("share-inside", world.share_inside, "of the particles, between the faces");
  visitor.number("clearance-nm", world.clearance_nm, "between particles at the start");
  visitor.number("vanishing-radius-nm", world.vanishing_radius_nm,
                 "at which particles are born and are no more");
  visit_lists(visitor, options);
  visit_motion(visitor, world);
  visit_growth(visitor, world);
  visit_meeting(visitor, world);
  visit_optics(visitor, options.microscope.view);
  visit_specimen(visitor, options);
  visit_camera(visitor, options.microscope);
}

std::vector<std::string> simulation_preset_names() {
  std::vector<std::string> names;
  for (const std::string_view name : simulate::simulation_presets()) {
    names.emplace_back(name);
  }
  return names;
}

}  // namespace mote::pipeline
