#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/mask.h"

namespace mote::io {

/// A place in an image whose pixel (y, x) is the square from (y, x) to (y + 1, x + 1), as most file
/// formats of polygons count: half a pixel more than a `Point`.
struct Corner {
  double y = 0;
  double x = 0;

  bool operator==(const Corner&) const = default;
};

/// A closed polygon: the last corner joins the first.
using Ring = std::vector<Corner>;

/// The outlines of a mask along the edges of its pixels, corners only. Pieces are 8-connected.
/// Outer outlines run clockwise on the screen, holes the other way.
std::vector<Ring> outlines_of(const Mask& mask);

/// The area inside a ring, in pixels; negative for the rings of holes.
double signed_area_px(const Ring& ring);

/// The outline with the largest area; without corners for an empty mask.
Ring largest_outline_of(const Mask& mask);

enum class FillRule {
  kEvenOdd,  ///< inside is what an odd number of rings go around
  kNonZero,  ///< inside is what rings go around more often one way than the other
};

/// The pixels whose centres lie inside the rings; a centre on an edge belongs to what is left of
/// it, or above. What lies above or left of the image is cut off.
///
/// Throws kBadFile where a corner is farther off than a million pixels, or the rings cross so often
/// that the mask would have more than four million runs, or filling it would take minutes.
Mask filled(const std::vector<Ring>& rings, FillRule rule);

}  // namespace mote::io
