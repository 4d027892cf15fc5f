#include "mote/learned/networks.h"

#include <torch/torch.h>

#include "mote/core/error.h"
#include "mote/learned/guard.h"
#include "mote/nn/models.h"
#include "mote/nn/weights.h"

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
                                                   const segment::ThresholdOptions& /*found*/,
                                                   const Weights* /*weights*/) {
  nn::make_network(options.model);
  throw Error(ErrorKind::kUnsupported, "{} cannot segment yet", options.model);
}

}  // namespace mote::learned
