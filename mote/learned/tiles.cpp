#include "mote/learned/tiles.h"

#include <algorithm>

#include "mote/core/error.h"

namespace mote::learned {
namespace {

std::vector<int64_t> starts(int64_t length, int64_t tile, int64_t overlap) {
  if (length <= tile) {
    return {0};
  }
  const int64_t step = tile - overlap;
  const int64_t steps = (length - tile + step - 1) / step;
  std::vector<int64_t> places;
  for (int64_t i = 0; i <= steps; ++i) {
    places.push_back((length - tile) * i / steps);
  }
  return places;
}

/// 0, 1, ..., length - 1, length - 2, ..., 0, 1, ...: the row that mirrors stand for.
torch::Tensor mirrored(int64_t begin, int64_t count, int64_t length) {
  std::vector<int64_t> at;
  const int64_t period = std::max<int64_t>(1, 2 * (length - 1));
  for (int64_t i = begin; i < begin + count; ++i) {
    const int64_t phase = i % period;
    at.push_back(std::min(phase, period - phase) % std::max<int64_t>(1, length));
  }
  return torch::tensor(at, torch::kInt64);
}

}  // namespace

int64_t tile_side_px(Size field, int64_t wanted_px, int64_t made_for_px, int64_t multiple_px) {
  if (wanted_px != 0 && (wanted_px < multiple_px || wanted_px % multiple_px != 0)) {
    throw Error(ErrorKind::kUsage, "tile-px is {}, expected a multiple of {} for this network",
                wanted_px, multiple_px);
  }
  const int64_t longer = std::max(field.height, field.width);
  const int64_t holding = (longer + multiple_px - 1) / multiple_px * multiple_px;
  return std::min(holding, wanted_px != 0 ? wanted_px : made_for_px);
}

std::vector<Box> tiles_of(Size field, int64_t tile_px, int64_t overlap_px) {
  if (overlap_px < 0 || overlap_px >= tile_px) {
    throw Error(ErrorKind::kUsage, "tile-overlap-px is {}, expected 0 to {}, less than a tile",
                overlap_px, tile_px - 1);
  }
  std::vector<Box> tiles;
  for (const int64_t y : starts(field.height, tile_px, overlap_px)) {
    for (const int64_t x : starts(field.width, tile_px, overlap_px)) {
      tiles.push_back({.y = y, .x = x, .height = tile_px, .width = tile_px});
    }
  }
  return tiles;
}

torch::Tensor cut(const torch::Tensor& field, const Box& tile) {
  if (tile.y_end() <= field.size(0) && tile.x_end() <= field.size(1)) {
    return field.narrow(0, tile.y, tile.height).narrow(1, tile.x, tile.width);
  }
  const torch::Tensor rows = mirrored(tile.y, tile.height, field.size(0)).to(field.device());
  const torch::Tensor columns = mirrored(tile.x, tile.width, field.size(1)).to(field.device());
  return field.index_select(0, rows).index_select(1, columns);
}

torch::Tensor blending_weights(int64_t tile_px, int64_t overlap_px) {
  const torch::Tensor from_left = torch::arange(tile_px, torch::kFloat32) + 0.5;
  const torch::Tensor to_edge = torch::minimum(from_left, from_left.flip(0));
  const torch::Tensor ramp =
      (to_edge / static_cast<double>(std::max<int64_t>(1, overlap_px))).clamp_max(1);
  return torch::outer(ramp, ramp);
}

}  // namespace mote::learned
