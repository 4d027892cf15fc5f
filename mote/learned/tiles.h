#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "mote/core/grid.h"

namespace mote::learned {

/// The side of the tiles of a field: `wanted_px` where it is not 0, else `made_for_px`, or less
/// where the field is smaller: the least multiple that holds it.
/// Throws kUsage where `wanted_px` is no multiple of `multiple_px`.
int64_t tile_side_px(Size field, int64_t wanted_px, int64_t made_for_px, int64_t multiple_px);

/// Where tiles of side `tile_px` lie so that they cover the field, neighbours overlapping by
/// `overlap_px` or more; evenly spaced, row by row. A tile larger than the field begins at 0 and
/// reaches beyond it.
/// Throws kUsage where the overlap is not less than the tile.
std::vector<Box> tiles_of(Size field, int64_t tile_px, int64_t overlap_px);

/// Cuts a tile out of a field (H, W); beyond the field it is mirrored. (S, S)
torch::Tensor cut(const torch::Tensor& field, const Box& tile);

/// How much a tile's answer counts at each of its pixels (S, S), float32 over 0: less towards its
/// edges, where it sees less of what is around.
torch::Tensor blending_weights(int64_t tile_px, int64_t overlap_px);

}  // namespace mote::learned
