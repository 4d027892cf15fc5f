#pragma once

#include <memory>

#include "mote/learned/tile_network.h"
#include "mote/nn/yolo.h"
#include "mote/segment/network_options.h"

namespace mote::learned {

/// YOLOv8-seg over tiles: its detections, of whatever class, are the particles. The
/// network is copied in the form that is fast (nn/fused_yolo.h), to the device it lies on.
///
/// A grey tile is given as red, green and blue alike. Where `options.min_score` is 0, detections of
/// 0.25 and more count; of those that overlap by more than `options.max_overlap`, the surer stays.
std::unique_ptr<InstanceNetwork> make_yolo_network(const segment::NetworkOptions& options,
                                                   nn::Yolo network);

}  // namespace mote::learned
