#pragma once

#include <cmath>

#include "mote/simulate/world_options.h"

namespace mote::simulate {

/// Small, and nothing happens in it but what a test switches on.
inline WorldOptions still_world() {
  WorldOptions options;
  options.height_px = 200;
  options.width_px = 200;
  options.pixel_size_nm = 0.5;
  options.particles = 20;
  options.species[0].radius_spread = 0;
  options.migration.enabled = false;
  options.stage.enabled = false;
  options.coalescence.enabled = false;
  return options;
}

/// How many times faster than at 300 K a rate of activation energy `energy_ev` is at `kelvin`.
inline double arrhenius(double energy_ev, double kelvin) {
  return std::exp(-energy_ev / 8.617333262e-5 * (1 / kelvin - 1.0 / 300));
}

}  // namespace mote::simulate
