#include "mote/learned/networks.h"

#include <utility>

#include <torch/torch.h>

#include "mote/core/error.h"
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
  return guarded([&] { return nn::load(weights, *nn::make_network(network)); });
}

std::unique_ptr<segment::Segmenter> make_segmenter(const segment::NetworkOptions& options,
                                                   const segment::ThresholdOptions& found,
                                                   const Weights* weights) {
  return guarded([&] {
    const torch::Device device = device_by_name(options.device);
    torch::manual_seed(static_cast<uint64_t>(options.seed));
    std::unique_ptr<InstanceNetwork> instances;
    std::unique_ptr<MapNetwork> map = make_map_network(options, weights, device);
    if (map) {
      return make_network_segmenter(options, found, device, std::move(map), nullptr);
    }
    if (options.model.starts_with("efficientsam-")) {
      instances = make_sam_network(options, weights, device);
    } else if (options.model.starts_with("yolov8")) {
      nn::Yolo network(nn::YoloOptions{.classes = rows_of(weights, "model.22.cv3.0.2.weight", 80),
                                       .width = options.model == "yolov8s-seg" ? 0.5 : 0.25});
      make_ready(*network, options.model, weights, device);
      instances = make_yolo_network(options, network);
    } else {
      nn::make_network(options.model);  // throws where there is no such network
      throw Error(ErrorKind::kUsage, "{} is no network that segments", options.model);
    }
    return make_network_segmenter(options, found, device, nullptr, std::move(instances));
  });
}

std::unique_ptr<track::Tracker> make_tracker(const track::DeaotOptions& options, Size field,
                                             const Weights* weights) {
  return guarded([&] {
    if (options.model != "deaot-t" && options.model != "r50-deaot-l") {
      throw Error(ErrorKind::kUsage, "tracker-model is {}, expected deaot-t or r50-deaot-l",
                  options.model);
    }
    const torch::Device device = device_by_name(options.device);
    torch::manual_seed(static_cast<uint64_t>(options.seed));
    nn::DeAot network(options.model == "deaot-t" ? nn::deaot_t() : nn::r50_deaot_l());
    make_ready(*network, options.model, weights, device);
    return make_deaot_tracker(network, options, field);
  });
}

}  // namespace mote::learned
