#include "mote/learned/map_networks.h"

#include <functional>
#include <utility>

#include <torch/torch.h>

#include "mote/core/error.h"
#include "mote/learned/loading.h"
#include "mote/nn/autoencoder.h"
#include "mote/nn/models.h"
#include "mote/nn/swin_unet.h"
#include "mote/nn/vmunet.h"
#include "mote/nn/vmunet_v2.h"

namespace mote::learned {
namespace {

/// What a network of one class gives: its logits, or what its sigmoid made of them.
enum class OneClass { kLogits, kProbability };

using Forward = std::function<torch::Tensor(const torch::Tensor&)>;

struct Sizes {
  int64_t tile_px = 0;
  int64_t multiple_px = 0;
  double blur_px = 0;
  double bytes_per_px = 0;
};

class ClassMaps : public MapNetwork {
 public:
  ClassMaps(Forward forward, OneClass one_class, Sizes sizes)
      : forward_(std::move(forward)), one_class_(one_class), sizes_(sizes) {}

  int64_t tile_px() const override { return sizes_.tile_px; }
  int64_t multiple_px() const override { return sizes_.multiple_px; }
  double blur_px() const override { return sizes_.blur_px; }
  double tile_bytes(int64_t side_px) const override {
    return sizes_.bytes_per_px * static_cast<double>(side_px * side_px);
  }

  torch::Tensor probability(const torch::Tensor& tiles) override {
    const torch::Tensor out = forward_(tiles).to(torch::kFloat32);  // (N, classes, S, S)
    if (out.size(1) > 1) {
      return 1 - out.softmax(1).select(1, 0);
    }
    return one_class_ == OneClass::kLogits ? out.squeeze(1).sigmoid() : out.squeeze(1);
  }

 private:
  Forward forward_;
  OneClass one_class_;
  Sizes sizes_;
};

// Patches of 4 px make the transformers' boundaries coarser than the convolutional networks'.
constexpr Sizes kSwin = {.tile_px = 448, .multiple_px = 224, .blur_px = 2, .bytes_per_px = 400};
constexpr Sizes kMamba = {.tile_px = 512, .multiple_px = 32, .blur_px = 2, .bytes_per_px = 520};
constexpr Sizes kConvolutional = {
    .tile_px = 512, .multiple_px = 16, .blur_px = 1, .bytes_per_px = 1800};

}  // namespace

std::unique_ptr<MapNetwork> make_map_network(const segment::NetworkOptions& options,
                                             const Weights* weights, torch::Device device) {
  const auto made = nn::make_network(options.model, weights);
  const auto ready = [&](auto* network, OneClass one_class, Sizes sizes) {
    if (options.precision != segment::NumberFormat::kFloat32) {
      throw Error(ErrorKind::kUnsupported, "{} computes in float32 only", options.model);
    }
    make_ready(*network, options.model, weights, device);
    return std::make_unique<ClassMaps>(
        [made, network](const torch::Tensor& tiles) { return network->forward(tiles); }, one_class,
        sizes);
  };
  if (auto* swin = dynamic_cast<nn::SwinUnetImpl*>(made.get())) {
    return ready(swin, OneClass::kLogits, kSwin);
  }
  if (auto* mamba = dynamic_cast<nn::VmUnetImpl*>(made.get())) {
    return ready(mamba, OneClass::kProbability, kMamba);
  }
  if (auto* mamba = dynamic_cast<nn::VmUnetV2Impl*>(made.get())) {
    return ready(mamba, OneClass::kProbability, kMamba);
  }
  if (auto* convolutional = dynamic_cast<nn::AutoencoderImpl*>(made.get())) {
    return ready(convolutional, OneClass::kLogits, kConvolutional);
  }
  return nullptr;
}

}  // namespace mote::learned
