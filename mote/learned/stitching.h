#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/grid.h"
#include "mote/learned/tile_network.h"

namespace mote::learned {

/// What the tiles of a field found, in order of tile.
struct TileInstances {
  Box place;  ///< of the tile in the field; may reach beyond it
  std::vector<FoundInstance> instances;
};

/// One label image of what overlapping tiles found, labels from 1 on by falling score.
///
/// Instances of two tiles that agree where both tiles look (IoU there >= 0.5) are one particle:
/// what a tile's edge cut gives way to what is whole, and where none is, the pieces are joined. Of
/// two particles that overlap by more than `max_overlap` (IoU) the surer stays; a pixel belongs to
/// the surest instance, and what has lost half of its pixels to others is left out. So is what lies
/// for the most part beyond the field.
LabelImage stitched(const std::vector<TileInstances>& tiles, Size field, double max_overlap);

}  // namespace mote::learned
