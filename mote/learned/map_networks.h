#pragma once

#include <memory>
#include <string>

#include <torch/types.h>

#include "mote/core/weights.h"
#include "mote/learned/tile_network.h"
#include "mote/segment/network_options.h"

namespace mote::learned {

/// Swin-UNet, VM-UNet, VM-UNetV2, the autoencoder and the U-Net, whose first class is background:
/// the probability of all others together is that of particle. How many classes there are, the
/// weights tell; null is returned where `options.model` is none of these networks.
std::unique_ptr<MapNetwork> make_map_network(const segment::NetworkOptions& options,
                                             const Weights* weights, torch::Device device);

}  // namespace mote::learned
