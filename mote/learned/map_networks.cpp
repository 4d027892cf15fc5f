#include "mote/learned/map_networks.h"

#include <functional>
#include <utility>

#include <torch/torch.h>

#include "mote/core/error.h"
#include "mote/learned/loading.h"
#include "mote/nn/autoencoder.h"
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
};

class ClassMaps : public MapNetwork {
 public:
  ClassMaps(Forward forward, OneClass one_class, Sizes sizes)
      : forward_(std::move(forward)), one_class_(one_class), sizes_(sizes) {}

  int64_t tile_px() const override { return sizes_.tile_px; }
  int64_t multiple_px() const override { return sizes_.multiple_px; }
  double blur_px() const override { return sizes_.blur_px; }

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
constexpr Sizes kSwin = {.tile_px = 448, .multiple_px = 224, .blur_px = 2};
constexpr Sizes kMamba = {.tile_px = 512, .multiple_px = 32, .blur_px = 2};
constexpr Sizes kConvolutional = {.tile_px = 512, .multiple_px = 16, .blur_px = 1};

}  // namespace

std::unique_ptr<MapNetwork> make_map_network(const segment::NetworkOptions& options,
                                             const Weights* weights, torch::Device device) {
  const auto ready = [&](auto network, OneClass one_class, Sizes sizes) {
    if (options.precision != segment::NumberFormat::kFloat32) {
      throw Error(ErrorKind::kUnsupported, "{} computes in float32 only", options.model);
    }
    make_ready(*network, options.model, weights, device);
    return std::make_unique<ClassMaps>(
        [network](const torch::Tensor& tiles) mutable { return network->forward(tiles); },
        one_class, sizes);
  };
  const auto classes = [&](const char* last_layer) { return rows_of(weights, last_layer, 3); };
  if (options.model == "swin-unet") {
    const nn::SwinUnetOptions sizes{.classes = classes("swin_unet.output.weight")};
    return ready(nn::SwinUnet(sizes), OneClass::kLogits, kSwin);
  }
  if (options.model == "vm-unet") {
    const nn::VmUnetOptions sizes{.classes = classes("vmunet.final_conv.weight")};
    return ready(nn::VmUnet(sizes), OneClass::kProbability, kMamba);
  }
  if (options.model == "vm-unet-v2") {
    const nn::VmUnetV2Options sizes{.classes = rows_of(weights, "seg_outs.3.weight", 1)};
    return ready(nn::VmUnetV2(sizes), OneClass::kProbability, kMamba);
  }
  if (options.model == "autoencoder" || options.model == "unet") {
    const nn::AutoencoderOptions sizes{.classes = rows_of(weights, "head.weight", 1),
                                       .skips = options.model == "unet"};
    return ready(nn::Autoencoder(sizes), OneClass::kLogits, kConvolutional);
  }
  return nullptr;
}

}  // namespace mote::learned
