#pragma once

#include <string>

#include <torch/torch.h>

#include "mote/core/weights.h"
#include "mote/nn/precision.h"
#include "mote/segment/network_options.h"

namespace mote::learned {

/// Makes a network ready to be asked: its weights, or, where `weights` is null, those that it was
/// made with; on `device`; in evaluation mode.
/// Throws kBadFile, naming the tensors, where the weights are not those of such a network.
void make_ready(torch::nn::Module& network, const std::string& name, const Weights* weights,
                torch::Device device);

/// What `--precision` asks a network to compute in.
nn::Precision precision_of(const segment::NetworkOptions& options);

}  // namespace mote::learned
