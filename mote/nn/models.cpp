#include "mote/nn/models.h"

#include <functional>
#include <utility>

#include "mote/core/error.h"
#include "mote/nn/autoencoder.h"
#include "mote/nn/deaot.h"
#include "mote/nn/efficient_sam.h"
#include "mote/nn/swin_unet.h"
#include "mote/nn/vmunet.h"
#include "mote/nn/vmunet_v2.h"
#include "mote/nn/yolo.h"

namespace mote::nn {
namespace {

using Made = std::shared_ptr<torch::nn::Module>;

const std::vector<std::pair<std::string, std::function<Made()>>>& networks() {
  static const std::vector<std::pair<std::string, std::function<Made()>>> table = {
      {"efficientsam-tiny", [] { return EfficientSam(EfficientSamOptions{}).ptr(); }},
      {"efficientsam-small", [] { return EfficientSam(efficient_sam_small()).ptr(); }},
      {"swin-unet", [] { return SwinUnet(SwinUnetOptions{.classes = 3}).ptr(); }},
      {"vm-unet", [] { return VmUnet(VmUnetOptions{.classes = 3}).ptr(); }},
      {"vm-unet-v2", [] { return VmUnetV2(VmUnetV2Options{}).ptr(); }},
      {"autoencoder", [] { return Autoencoder(AutoencoderOptions{}).ptr(); }},
      {"unet", [] { return Autoencoder(AutoencoderOptions{.skips = true}).ptr(); }},
      {"yolov8n-seg", [] { return Yolo(YoloOptions{}).ptr(); }},
      {"yolov8s-seg", [] { return Yolo(YoloOptions{.width = 0.5}).ptr(); }},
      {"deaot-t", [] { return DeAot(deaot_t()).ptr(); }},
      {"r50-deaot-l", [] { return DeAot(r50_deaot_l()).ptr(); }},
  };
  return table;
}

}  // namespace

std::vector<std::string> network_names() {
  std::vector<std::string> names;
  for (const auto& [name, make] : networks()) {
    names.push_back(name);
  }
  return names;
}

Made make_network(const std::string& name) {
  for (const auto& [known, make] : networks()) {
    if (known == name) {
      return make();
    }
  }
  throw Error(ErrorKind::kUsage, "no network is called {}: mote has {}", name,
              fmt::join(network_names(), ", "));
}

}  // namespace mote::nn
