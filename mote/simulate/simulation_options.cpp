#include "mote/simulate/simulation_options.h"

#include "mote/core/error.h"
#include "mote/core/require.h"

namespace mote::simulate {
namespace {

void check(const CrystalContrast& crystal) {
  const auto within = [](double value, double low, double high) {
    return value >= low && value <= high;
  };
  require_option(within(crystal.bragg_share, 0, 1), "species.bragg-share", crystal.bragg_share,
                 "0 to 1");
  require_option(within(crystal.bragg_strength, 0, 100), "species.bragg-strength",
                 crystal.bragg_strength, "0 to 100");
  require_option(within(crystal.fringe_share, 0, 1), "species.fringe-share", crystal.fringe_share,
                 "0 to 1");
  require_option(within(crystal.fringe_contrast, 0, 1), "species.fringe-contrast",
                 crystal.fringe_contrast, "0 to 1");
  require_option(within(crystal.fringe_nm, 1e-3, 1e6), "species.fringe-nm", crystal.fringe_nm,
                 "0.001 to 1000000");
}

}  // namespace

MicroscopeOptions microscope_of(const SimulationOptions& options) {
  const WorldOptions& world = options.world;
  MicroscopeOptions out = options.microscope;
  out.seed = world.seed;
  out.view.field = {world.height_px, world.width_px};
  out.view.pixel_size_nm = world.pixel_size_nm;
  out.view.film.thickness_nm = world.film_thickness_nm;
  out.beam.exposure_s = world.exposure_s;
  return out;
}

void set_pixel_size(SimulationOptions& options, double pixel_size_nm) {
  require_option(pixel_size_nm >= 1e-4 && pixel_size_nm <= 1000, "pixel-size-nm", pixel_size_nm,
                 "0.0001 to 1000");
  const double scale = pixel_size_nm / options.world.pixel_size_nm;
  options.world.pixel_size_nm = pixel_size_nm;
  options.world.particles *= scale * scale;
  ViewOptions& view = options.microscope.view;
  view.optics.defocus_nm *= scale * scale;
  view.optics.focal_spread_nm *= scale * scale;
  view.optics.convergence_mrad /= scale;
  view.optics.vibration_nm *= scale;
  view.scan.probe_sd_nm *= scale;
  view.scan.probe_tail_sd_nm *= scale;
  view.film.grain_nm *= scale;
  view.liquid.blur_nm *= scale;
  options.microscope.beam.dose_e_per_a2_s /= scale * scale;
}

void set_field(SimulationOptions& options, Size field) {
  require_option(field.height >= 16 && field.height <= 16384, "height", field.height,
                 "16 to 16384");
  require_option(field.width >= 16 && field.width <= 16384, "width", field.width, "16 to 16384");
  WorldOptions& world = options.world;
  const Size before = {world.height_px, world.width_px};
  world.particles *= static_cast<double>(field.area()) / static_cast<double>(before.area());
  world.height_px = field.height;
  world.width_px = field.width;
}

void set_frame_interval(SimulationOptions& options, double frame_interval_s) {
  require_option(frame_interval_s >= 1e-6 && frame_interval_s <= 1e6, "frame-interval-s",
                 frame_interval_s, "0.000001 to 1000000");
  const double scale = frame_interval_s / options.world.frame_interval_s;
  options.world.frame_interval_s = frame_interval_s;
  set_exposure(options, scale * options.world.exposure_s);
}

void set_exposure(SimulationOptions& options, double exposure_s) {
  require_option(exposure_s > 0 && exposure_s <= 1e6, "exposure-s", exposure_s,
                 "more than 0, to 1000000");
  options.microscope.detector.gain *= options.world.exposure_s / exposure_s;
  options.world.exposure_s = exposure_s;
}

void set_dose(SimulationOptions& options, double dose_e_per_a2_s) {
  require_option(dose_e_per_a2_s > 0 && dose_e_per_a2_s <= 1e9, "dose-e-per-a2-s", dose_e_per_a2_s,
                 "more than 0, to 1000000000");
  double& dose = options.microscope.beam.dose_e_per_a2_s;
  options.microscope.detector.gain *= dose / dose_e_per_a2_s;
  dose = dose_e_per_a2_s;
}

void check(const SimulationOptions& options) {
  check(options.world);
  require_option(options.world.exposure_s > 0, "exposure-s", options.world.exposure_s,
                 "more than 0");
  if (options.materials.size() != options.world.species.size()) {
    throw Error(ErrorKind::kUsage, "{} materials for {} species", options.materials.size(),
                options.world.species.size());
  }
  for (const Material& material : options.materials) {
    require_option(material.inner_potential_v >= 0 && material.inner_potential_v <= 1000,
                   "species.inner-potential-v", material.inner_potential_v, "0 to 1000");
    require_option(material.mean_free_path_nm >= 0 && material.mean_free_path_nm <= 1e9,
                   "species.mean-free-path-nm", material.mean_free_path_nm, "0 to 1000000000");
    require_option(material.haadf_scatter_per_nm >= 0 && material.haadf_scatter_per_nm <= 1,
                   "species.haadf-scatter-per-nm", material.haadf_scatter_per_nm, "0 to 1");
    check(material.crystal);
  }
  if (options.world.flicker.enabled && options.microscope.view.mode == Mode::kHaadf) {
    throw Error(ErrorKind::kUsage,
                "flicker.enabled with a HAADF image: flicker is diffraction contrast, which only "
                "bright field shows");
  }
  MicroscopeOptions microscope = microscope_of(options);
  check(microscope.view);
  microscope.view.field = {16, 16};  // whatever else is wrong, a small one tells as well
  const Microscope unused(microscope);
}

}  // namespace mote::simulate
