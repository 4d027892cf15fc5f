#pragma once

#include "mote/core/grid.h"
#include "mote/core/mask.h"
#include "mote/simulate/shape.h"
#include "mote/simulate/unevenness.h"

namespace mote::simulate {

/// How much of the line along the beam at (y, x) lies in the body: exact, but for a pair whose
/// axis is neither along nor across the beam, where the part within the neck is to 1 %. Polyhedra
/// are never uneven.
double thickness_nm(const Body& body, double y_nm, double x_nm, const Unevenness& unevenness = {});

/// Where a grid lies in the specimen.
struct GridPlace {
  double y_nm = 0;  ///< of the centre of pixel (0, 0)
  double x_nm = 0;
  double pixel_size_nm = 1;
};

/// Adds `factor` times the mean thickness over each pixel: at the outline over 4 x 4 points a
/// pixel, inside to second order.
void add_thickness(const Body& body, const GridPlace& place, Grid<float>& thickness_nm,
                   double factor = 1, const Unevenness& unevenness = {});

/// The pixels of a grid of `size` at whose centres the body has a thickness.
Mask mask_of(const Body& body, const GridPlace& place, Size size,
             const Unevenness& unevenness = {});

/// Which pixels of `mask`, of the grid at `place`, lie on the larger or the smaller sphere's side
/// of a pair's neck.
Mask part_of(const Mask& mask, const Pair& pair, const GridPlace& place, bool larger);

}  // namespace mote::simulate
