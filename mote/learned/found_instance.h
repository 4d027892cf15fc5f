#pragma once

#include <torch/types.h>

#include "mote/core/grid.h"

namespace mote::learned {

/// An instance that a network found in a tile.
struct FoundInstance {
  Box box;           ///< in pixels of the tile; may reach beyond the field, not beyond the tile
  BinaryImage mask;  ///< of the size of the box, 1 inside
  double score = 0;  ///< 0 to 1: how sure the network is
};

/// The smallest boxes that hold masks.
/// Shapes: masks (M, H, W) bool -> (M, 4) int64 as y0, x0, y1, x1, the ends excluded; of an empty
/// mask the ends come before the beginnings.
torch::Tensor boxes_of(const torch::Tensor& masks);

/// The instance that a mask tells, cut to the smallest box that holds it; its mask is empty where
/// the given one is.
/// Shapes: mask (H, W) bool, whose first pixel lies at (y_px, x_px) of the tile.
FoundInstance found_instance(const torch::Tensor& mask, double score, int64_t y_px = 0,
                             int64_t x_px = 0);

}  // namespace mote::learned
