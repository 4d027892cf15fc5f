#include "mote/nn/models.h"

#include <functional>
#include <utility>

#include "mote/core/error.h"
#include "mote/nn/deaot.h"
#include "mote/nn/yolo.h"

namespace mote::nn {
namespace {

using Made = std::shared_ptr<torch::nn::Module>;

const std::vector<std::pair<std::string, std::function<Made()>>>& networks() {
  static const std::vector<std::pair<std::string, std::function<Made()>>> table = {
      {"deaot-t", [] { return DeAot(deaot_t()).ptr(); }},
      {"r50-deaot-l", [] { return DeAot(r50_deaot_l()).ptr(); }},
      {"yolov8n-seg", [] { return Yolo(YoloOptions{}).ptr(); }},
      {"yolov8s-seg", [] { return Yolo(YoloOptions{.width = 0.5}).ptr(); }},
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
