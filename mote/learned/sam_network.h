#pragma once

#include <memory>

#include <torch/types.h>

#include "mote/core/weights.h"
#include "mote/learned/tile_network.h"
#include "mote/segment/network_options.h"

namespace mote::learned {

/// EfficientSAM over tiles: the mask of each point and box that the options give, or, where there
/// are none, of a grid of points in each tile, of which the sure and stable ones that are not told
/// better by others are kept.
///
/// Kirillov et al., "Segment Anything", ICCV 2023 (arXiv:2304.02643), appendix B, gives the grid,
/// the stability of a mask, and the thresholds that are ours by default.
std::unique_ptr<InstanceNetwork> make_sam_network(const segment::NetworkOptions& options,
                                                  const Weights* weights, torch::Device device);

}  // namespace mote::learned
