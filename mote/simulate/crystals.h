#pragma once

#include <cstdint>

#include "mote/simulate/layer.h"

namespace mote::simulate {

/// Where a crystal is on a layer's grid.
struct CrystalDisc {
  double y_px = 0;
  double x_px = 0;
  double radius_px = 0;
};

/// Adds to `layer`, whose thickness is drawn, what the orientation of one crystal does to its
/// image: a Bragg loss that goes with the thickness, and one or two sets of fringes, both fading
/// from a place of their own within it, as where grains or bent planes reach the Bragg condition.
/// `key` decides whether, how strongly and where. Grids that are still empty are made.
void add_crystal(uint64_t key, const CrystalDisc& disc, double pixel_size_nm, Layer& layer);

}  // namespace mote::simulate
