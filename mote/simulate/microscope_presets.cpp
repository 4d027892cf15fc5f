#include "mote/simulate/microscope_presets.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mote/core/error.h"

namespace mote::simulate {
namespace {

/// Tuned to 30 published micrographs of a sintering experiment: bench_looks_real.
MicroscopeOptions sintering() {
  MicroscopeOptions out;
  out.view.pixel_size_nm = 0.1;
  out.view.optics = {.defocus_nm = 440, .cs_mm = 1.2, .convergence_mrad = 1.2};
  out.view.film = {.thickness_nm = 5, .phase_sd_rad = 0.16, .grain_nm = 0.1};
  out.beam = {.dose_e_per_a2_s = 95, .exposure_s = 0.04};
  out.detector = {.gain = 33,
                  .offset = 28,
                  .mtf_half_per_px = 0.175,
                  .mtf_power = 2.3,
                  .gain_pattern_sd = 0.01,
                  .offset_pattern_sd = 1,
                  .read_noise_sd = 4.7,
                  .hot_pixel_share = 1e-5,
                  .bits = 8};
  return out;
}

MicroscopeOptions low_dose() {
  MicroscopeOptions out = sintering();
  out.beam.dose_e_per_a2_s = 25;
  out.detector.gain = 60;
  return out;
}

MicroscopeOptions haadf() {
  MicroscopeOptions out;
  out.view.mode = Mode::kHaadf;
  out.view.pixel_size_nm = 0.1;
  out.beam = {.dose_e_per_a2_s = 400, .exposure_s = 1, .unevenness = 0, .wander = 0.01};
  out.detector = {.gain = 60,
                  .offset = 400,
                  .gain_pattern_sd = 0,
                  .offset_pattern_sd = 0,
                  .read_noise_sd = 12,
                  .hot_pixel_share = 0,
                  .bits = 16};
  return out;
}

MicroscopeOptions liquid_cell() {
  MicroscopeOptions out;
  out.view.pixel_size_nm = 0.4;
  out.view.optics = {.defocus_nm = 1500, .focal_spread_nm = 20, .convergence_mrad = 0.5};
  out.view.film = {.thickness_nm = 100, .phase_sd_rad = 0.08, .grain_nm = 0.6};
  out.view.liquid = {.thickness_nm = 300};
  out.beam = {.dose_e_per_a2_s = 2, .exposure_s = 0.2};
  out.detector = {.gain = 30, .offset = 20, .mtf_half_per_px = 0.25, .read_noise_sd = 3, .bits = 8};
  return out;
}

constexpr std::pair<std::string_view, MicroscopeOptions (*)()> kPresets[] = {
    {"sintering", sintering},
    {"low-dose", low_dose},
    {"haadf", haadf},
    {"liquid-cell", liquid_cell},
};

}  // namespace

std::vector<std::string_view> microscope_presets() {
  std::vector<std::string_view> out;
  for (const auto& [name, make] : kPresets) {
    out.push_back(name);
  }
  return out;
}

MicroscopeOptions microscope_preset(std::string_view name) {
  for (const auto& [known, make] : kPresets) {
    if (known == name) {
      return make();
    }
  }
  throw Error(ErrorKind::kUsage, "no microscope preset '{}': expected {}", name,
              fmt::join(microscope_presets(), ", "));
}

}  // namespace mote::simulate
