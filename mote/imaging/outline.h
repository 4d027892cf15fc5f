#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/grid.h"

namespace mote::imaging {

/// A closed polygon: the last point joins the first. The inside lies to the left of the direction
/// of travel as seen with y up, so that outer outlines have positive and holes negative area.
struct Outline {
  std::vector<Point> points;
  std::vector<uint8_t> on_border;  ///< by point: 1 where the image ends, which is no boundary
};

/// The outlines of a mask, between pixel centres: where `field` (positive inside, negative outside)
/// passes through zero on the line from a mask pixel to its free neighbour; halfway where the
/// field's signs do not agree with the mask. Pieces are 8-connected. At the border the outline runs
/// along the pixels' outer edges.
///
/// Lorensen and Cline, "Marching cubes", SIGGRAPH 1987, in two dimensions.
std::vector<Outline> outlines_of(const BinaryImage& mask, const Grid<float>& field);

/// Area by the trapezoid rule; negative for holes.
double signed_area(const Outline& outline);

/// Adds to every pixel of `covered` the area of it that lies inside the polygons, exactly, with the
/// sign of the polygons; what lies off the image is cut off.
///
/// Each edge hands the area to its left to the pixels of its row (the scan conversion of font
/// rasterisers: R. Levien, "Inside the fastest font renderer in the world", 2016).
void add_area_coverage(const std::vector<Outline>& outlines, Grid<float>& covered);

}  // namespace mote::imaging
