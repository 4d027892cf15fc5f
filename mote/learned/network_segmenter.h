#pragma once

#include <memory>

#include <torch/types.h>

#include "mote/learned/tile_network.h"
#include "mote/segment/network_options.h"
#include "mote/segment/segmenter.h"
#include "mote/segment/threshold.h"

namespace mote::learned {

/// A segmenter that runs a network over tiles of each frame and makes regions of what it finds as
/// the classical one does (segment/network_regions.h).
///
/// What the network sees as black and white is decided once, by the options or the first frame, and
/// holds for the whole recording. Frames pass the network one after another, each on all
/// processors. Exactly one of `map` and `instances` is given.
/// Throws kUsage on options out of range.
std::unique_ptr<segment::Segmenter> make_network_segmenter(
    const segment::NetworkOptions& options, const segment::ThresholdOptions& found,
    torch::Device device, std::unique_ptr<MapNetwork> map,
    std::unique_ptr<InstanceNetwork> instances);

}  // namespace mote::learned
