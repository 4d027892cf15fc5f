#include "mote/learned/networks.h"

#include <utility>

#include <torch/torch.h>

#include "mote/core/error.h"
#include "mote/core/require.h"
#include "mote/learned/deaot_propagator.h"
#include "mote/learned/deaot_tracker.h"
#include "mote/learned/device.h"
#include "mote/learned/guard.h"
#include "mote/learned/loading.h"
#include "mote/learned/map_networks.h"
#include "mote/learned/network_segmenter.h"
#include "mote/learned/sam_network.h"
#include "mote/learned/yolo_network.h"
#include "mote/nn/deaot.h"
#include "mote/nn/models.h"
#include "mote/nn/weights.h"
#include "mote/nn/yolo.h"

namespace mote::learned {

NetworkSpec spec(const std::string& network) {
  return guarded([&] {
    const auto made = nn::make_network(network);
    NetworkSpec spec{.name = network, .parameters = nn::parameter_count(*made), .tensors = {}};
    for (const StoredTensor& tensor : nn::weights_of(*made).tensors) {
      spec.tensors.push_back({.name = tensor.name, .shape = tensor.shape});
    }
    return spec;
  });
}

WeightsMismatch compare(const std::string& network, const Weights& weights) {
  return guarded([&] { return nn::load(weights, *nn::make_network(network, &weights)); });
}

namespace {

/// Pieces smaller than their default overlap overlap by half; any other overlap was asked for.
void require_overlap(const segment::NetworkOptions& options, int64_t published_px) {
  const int64_t most = (options.tile_px > 0 ? options.tile_px : published_px) / 2;
  const bool chosen = options.tile_overlap_px != segment::NetworkOptions{}.tile_overlap_px;
  require_option(!chosen || (options.tile_overlap_px >= 0 && options.tile_overlap_px <= most),
                 "tile-overlap-px", options.tile_overlap_px,
                 fmt::format("0 to {}, half of a piece", most));
}

}  // namespace

std::unique_ptr<segment::Segmenter> make_segmenter_on(torch::Device device,
                                                      const segment::NetworkOptions& options,
                                                      const segment::ThresholdOptions& found,
                                                      const Weights* weights) {
  return guarded([&] {
    torch::manual_seed(static_cast<uint64_t>(options.seed));
    std::unique_ptr<MapNetwork> map;
    std::unique_ptr<InstanceNetwork> instances;
    if (options.model.starts_with("efficientsam-")) {
      instances = make_sam_network(options, weights, device);
    } else if (options.model.starts_with("yolov8")) {
      const auto made = nn::make_network(options.model, weights);
      make_ready(*made, options.model, weights, device);
      instances = make_yolo_network(options, std::dynamic_pointer_cast<nn::YoloImpl>(made));
    } else if (!(map = make_map_network(options, weights, device))) {
      throw Error(ErrorKind::kUsage, "{} is no network that segments", options.model);
    }
    require_overlap(options, map ? map->tile_px() : instances->tile_px());
    return make_network_segmenter(options, found, device, std::move(map), std::move(instances));
  });
}

std::unique_ptr<segment::Segmenter> make_segmenter(const segment::NetworkOptions& options,
                                                   const segment::ThresholdOptions& found,
                                                   const Weights* weights) {
  const torch::Device device = guarded([&] { return device_by_name(options.device); });
  return make_segmenter_on(device, options, found, weights);
}

std::unique_ptr<track::Tracker> make_tracker_on(torch::Device device,
                                                const track::DeaotOptions& options,
                                                const segment::ThresholdOptions& found, Size field,
                                                const Weights* weights) {
  return guarded([&] {
    torch::manual_seed(static_cast<uint64_t>(options.seed));
    const auto network = std::dynamic_pointer_cast<nn::DeAotImpl>(nn::make_network(options.model));
    if (!network) {
      throw Error(ErrorKind::kUsage, "tracker-model is {}, expected deaot-t or r50-deaot-l",
                  options.model);
    }
    make_ready(*network, options.model, weights, device);
    return make_deaot_tracker(make_deaot_propagator(network, options, field), options, found,
                              field);
  });
}

std::unique_ptr<track::Tracker> make_tracker(const track::DeaotOptions& options,
                                             const segment::ThresholdOptions& found, Size field,
                                             const Weights* weights) {
  const torch::Device device = guarded([&] { return device_by_name(options.device); });
  return make_tracker_on(device, options, found, field, weights);
}

}  // namespace mote::learned
