#pragma once

#include <string>
#include <vector>

#include <torch/torch.h>

#include "mote/core/weights.h"

namespace mote::nn {

/// What of a file and of a network did not fit each other. Nothing is loaded by halves: a tensor is
/// loaded or listed here.
struct WeightsMismatch {
  std::vector<std::string> missing;     ///< the network has them, the file has not
  std::vector<std::string> unexpected;  ///< the file has them, the network has not
  std::vector<std::string> misshaped;   ///< `NAME: the file has [a, b], the network [c, d]`

  bool empty() const { return missing.empty() && unexpected.empty() && misshaped.empty(); }
};

/// The stored tensor as a tensor of its own, of the same type.
/// Throws kBadFile where its bytes are not those of its shape.
torch::Tensor to_tensor(const StoredTensor& stored);

/// Copies `weights` into the parameters and buffers of `network` by name, converted to the type
/// that the network computes in. What does not fit is left as it was and comes back.
/// `num_batches_tracked`, which only counts training steps, may be missing.
WeightsMismatch load(const Weights& weights, torch::nn::Module& network);

/// The parameters and buffers of `network` on the CPU, by name, in the order of registration.
Weights weights_of(const torch::nn::Module& network);

/// The number of trainable scalars.
int64_t parameter_count(const torch::nn::Module& network);

}  // namespace mote::nn
