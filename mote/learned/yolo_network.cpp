#include "mote/learned/yolo_network.h"

#include <utility>

#include <torch/torch.h>

#include "mote/learned/loading.h"
#include "mote/nn/fused_yolo.h"
#include "mote/nn/yolo_masks.h"

namespace mote::learned {
namespace {

constexpr double kMinScore = 0.25;
constexpr int64_t kMaxInstances = 300;  // of a tile

class YoloNetwork : public InstanceNetwork {
 public:
  YoloNetwork(const segment::NetworkOptions& options, const nn::Yolo& network)
      : channels_(network->options().in_channels),
        suppression_{.min_confidence = options.min_score > 0 ? options.min_score : kMinScore,
                     .max_iou = options.max_overlap,
                     .max_detections = kMaxInstances},
        network_(network, precision_of(options)) {}

  int64_t tile_px() const override { return 640; }
  int64_t multiple_px() const override { return 32; }
  double tile_bytes(int64_t side_px) const override {
    return 150 * static_cast<double>(side_px * side_px);
  }
  double blur_px() const override { return 4; }  // masks are a quarter as fine as the tile

  std::vector<std::vector<FoundInstance>> instances(
      const torch::Tensor& tiles, const std::vector<Box>& /*places*/,
      const segment::ShareDone& /*progress*/) override {
    const nn::YoloOutput output = network_.forward(tiles.expand({-1, channels_, -1, -1}));
    torch::Tensor decoded = nn::yolo_decoded(output, network_.bins());
    // One particle is one instance, whatever class it is taken for.
    decoded = torch::cat({decoded.slice(2, 0, 4), decoded.slice(2, 4).amax(2, true)}, 2);
    std::vector<std::vector<FoundInstance>> of_tiles;
    for (int64_t tile = 0; tile < tiles.size(0); ++tile) {
      of_tiles.push_back(
          in_tile(decoded[tile], output.coefficients[tile], output.prototypes[tile]));
    }
    return of_tiles;
  }

 private:
  std::vector<FoundInstance> in_tile(const torch::Tensor& decoded,
                                     const torch::Tensor& coefficients,
                                     const torch::Tensor& prototypes) const {
    const nn::YoloDetections detections = nn::yolo_detections(decoded, coefficients, suppression_);
    const auto masks = nn::yolo_cut_masks(detections, prototypes);
    std::vector<FoundInstance> instances;
    for (size_t i = 0; i < masks.size(); ++i) {
      const double score = detections.confidence[static_cast<int64_t>(i)].item<double>();
      FoundInstance instance = found_instance(masks[i].mask, score, masks[i].y_px, masks[i].x_px);
      if (!instance.mask.empty()) {
        instances.push_back(std::move(instance));
      }
    }
    return instances;
  }

  int64_t channels_;
  nn::NmsOptions suppression_;
  nn::FusedYolo network_;
};

}  // namespace

std::unique_ptr<InstanceNetwork> make_yolo_network(const segment::NetworkOptions& options,
                                                   nn::Yolo network) {
  return std::make_unique<YoloNetwork>(options, network);
}

}  // namespace mote::learned
