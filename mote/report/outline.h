#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/grid.h"

namespace mote::report {

/// A piece of the outline of one label, about a pixel long.
struct OutlinePiece {
  int32_t label = 0;
  Point from;
  Point to;
  Point inward;           ///< unit vector
  bool touching = false;  ///< another label lies on the other side
};

/// The outlines of all labels by marching squares, in the image's pixels: smoothed, but never
/// across a pixel's centre. Where a label is cut by the image's border, its outline stays open.
///
/// Lorensen and Cline, "Marching cubes", SIGGRAPH 1987, in two dimensions.
std::vector<OutlinePiece> outlines(const LabelImage& labels);

}  // namespace mote::report
