#pragma once

#include <memory>
#include <string>
#include <vector>

#include <torch/torch.h>

namespace mote::nn {

/// The names of all networks, in the order in which they are listed.
std::vector<std::string> network_names();

/// A network of its published size, with the random weights that it starts training from; for
/// equal seeds of libtorch the same. Throws kUsage on an unknown name.
std::shared_ptr<torch::nn::Module> make_network(const std::string& name);

}  // namespace mote::nn
