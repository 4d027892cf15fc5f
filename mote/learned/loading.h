#pragma once

#include <string>

#include <torch/torch.h>

#include "mote/core/weights.h"

namespace mote::learned {

/// Makes a network ready to be asked: its weights, or, where `weights` is null, those that it was
/// made with; on `device`; in evaluation mode.
/// Throws kBadFile, naming the tensors, where the weights are not those of such a network.
void make_ready(torch::nn::Module& network, const std::string& name, const Weights* weights,
                torch::Device device);

/// The first dimension of a stored tensor, which tells how many classes a network was trained for;
/// `otherwise` where there are no weights or no such tensor.
int64_t rows_of(const Weights* weights, const std::string& tensor, int64_t otherwise);

}  // namespace mote::learned
