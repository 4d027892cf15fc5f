#pragma once

#include <memory>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "mote/core/weights.h"

namespace mote::nn {

/// The names of all networks, in the order in which they are listed.
std::vector<std::string> network_names();

/// A network of its published size, but with as many classes as the last layer of `sized_by` has,
/// where that is given; with the random weights that it starts training from, for equal seeds of
/// libtorch the same. Throws kUsage on an unknown name.
std::shared_ptr<torch::nn::Module> make_network(const std::string& name,
                                                const Weights* sized_by = nullptr);

}  // namespace mote::nn
