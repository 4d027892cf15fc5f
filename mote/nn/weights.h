#pragma once

#include <torch/torch.h>

#include "mote/core/weights.h"

namespace mote::nn {

/// The stored tensor as a tensor of its own, of the same type.
/// Throws kBadFile where its bytes are not those of its shape.
torch::Tensor to_tensor(const StoredTensor& stored);

/// The type as files name it. Throws kUnsupported for one that they do not have.
ScalarType stored_type(torch::ScalarType type);

/// A tensor on the CPU, without gaps, as a file is to hold it. Its bytes are those of `tensor`.
StoredTensor stored_tensor(const std::string& name, const torch::Tensor& tensor);

/// Copies `weights` into the parameters and buffers of `network` by name, converted to the type
/// that the network computes in. Nothing is loaded by halves: a tensor is loaded, or is left as it
/// was and comes back.
/// `num_batches_tracked`, which only counts training steps, may be missing. What published networks
/// store although it follows from the size of their input (`relative_position_index`, `attn_mask`
/// of Swin transformers) is computed here and not expected: a file may hold it for any size.
WeightsMismatch load(const Weights& weights, torch::nn::Module& network);

/// The parameters and buffers of `network` on the CPU, by name, in the order of registration.
Weights weights_of(const torch::nn::Module& network);

/// The number of trainable scalars.
int64_t parameter_count(const torch::nn::Module& network);

}  // namespace mote::nn
