#include "mote/nn/models.h"

#include <algorithm>
#include <functional>

#include "mote/core/learned_plugin.h"
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

/// How a network is made for a number of classes.
struct Recipe {
  std::string name;
  std::string last_layer;  ///< tensor whose rows are the classes; none where they are no choice
  int64_t classes = 0;     ///< as published
  std::function<Made(int64_t classes)> make;
};

const std::vector<Recipe>& recipes() {
  const auto sam = [](const std::string& name) {
    return Recipe{name, "", 0,
                  [name](int64_t) { return EfficientSam(efficient_sam_options(name)).ptr(); }};
  };
  const auto autoencoder = [](const std::string& name, bool skips) {
    return Recipe{
        name, "head.weight", 1, [skips](int64_t classes) {
          return Autoencoder(AutoencoderOptions{.classes = classes, .skips = skips}).ptr();
        }};
  };
  const auto yolo = [](const std::string& name, double width) {
    return Recipe{name, "model.22.cv3.0.2.weight", 80, [width](int64_t classes) {
                    return Yolo(YoloOptions{.classes = classes, .width = width}).ptr();
                  }};
  };
  const auto deaot = [](const std::string& name, const DeAotOptions& options) {
    return Recipe{name, "", 0, [options](int64_t) { return DeAot(options).ptr(); }};
  };
  static const std::vector<Recipe> table = {
      sam("efficientsam-tiny"),
      sam("efficientsam-small"),
      {"swin-unet", "swin_unet.output.weight", 3,
       [](int64_t classes) { return SwinUnet(SwinUnetOptions{.classes = classes}).ptr(); }},
      {"vm-unet", "vmunet.final_conv.weight", 3,
       [](int64_t classes) { return VmUnet(VmUnetOptions{.classes = classes}).ptr(); }},
      {"vm-unet-v2", "seg_outs.3.weight", 1,
       [](int64_t classes) { return VmUnetV2(VmUnetV2Options{.classes = classes}).ptr(); }},
      autoencoder("autoencoder", false),
      autoencoder("unet", true),
      yolo("yolov8n-seg", 0.25),
      yolo("yolov8s-seg", 0.5),
      deaot("deaot-t", deaot_t()),
      deaot("r50-deaot-l", r50_deaot_l()),
  };
  return table;
}

int64_t classes_of(const Recipe& recipe, const Weights* weights) {
  if (weights != nullptr && !recipe.last_layer.empty()) {
    for (const StoredTensor& tensor : weights->tensors) {
      if (tensor.name == recipe.last_layer && !tensor.shape.empty() && tensor.shape.front() > 0) {
        return tensor.shape.front();
      }
    }
  }
  return recipe.classes;
}

}  // namespace

std::vector<std::string> network_names() {
  std::vector<std::string> names;
  for (const Recipe& recipe : recipes()) {
    names.push_back(recipe.name);
  }
  return names;
}

Made make_network(const std::string& name, const Weights* sized_by) {
  require_network(name, network_names());
  const auto recipe = std::find_if(recipes().begin(), recipes().end(),
                                   [&](const Recipe& known) { return known.name == name; });
  return recipe->make(classes_of(*recipe, sized_by));
}

}  // namespace mote::nn
