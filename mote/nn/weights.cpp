#include "mote/nn/weights.h"

#include <cstring>
#include <map>
#include <memory>
#include <set>

#include "mote/core/error.h"

namespace mote::nn {
namespace {

torch::ScalarType torch_type(ScalarType type) {
  switch (type) {
    case ScalarType::kFloat64: return torch::kFloat64;
    case ScalarType::kFloat32: return torch::kFloat32;
    case ScalarType::kFloat16: return torch::kFloat16;
    case ScalarType::kBFloat16: return torch::kBFloat16;
    case ScalarType::kInt64: return torch::kInt64;
    case ScalarType::kInt32: return torch::kInt32;
    case ScalarType::kInt16: return torch::kInt16;
    case ScalarType::kInt8: return torch::kInt8;
    case ScalarType::kUInt8: return torch::kUInt8;
    case ScalarType::kBool: return torch::kBool;
  }
  throw Error(ErrorKind::kUnsupported, "tensor type {} is unknown", static_cast<int>(type));
}

std::string text(at::IntArrayRef shape) {
  return fmt::format("[{}]", fmt::join(shape.begin(), shape.end(), ", "));
}

/// Parameters and buffers; both share their storage with the network.
std::vector<std::pair<std::string, torch::Tensor>> tensors_of(const torch::nn::Module& network) {
  std::vector<std::pair<std::string, torch::Tensor>> tensors;
  for (const auto& parameter : network.named_parameters()) {
    tensors.emplace_back(parameter.key(), parameter.value());
  }
  for (const auto& buffer : network.named_buffers()) {
    tensors.emplace_back(buffer.key(), buffer.value());
  }
  return tensors;
}

bool only_counts_steps(const std::string& name) {
  return name.ends_with("num_batches_tracked");
}

bool follows_from_the_input(const std::string& name) {
  return name.ends_with(".relative_position_index") || name.ends_with(".attn_mask");
}

}  // namespace

torch::Tensor to_tensor(const StoredTensor& stored) {
  const torch::Tensor tensor = torch::empty(stored.shape, torch_type(stored.type));
  if (tensor.nbytes() != stored.bytes.size()) {
    throw Error(ErrorKind::kBadFile, "tensor {} of shape {} takes {} bytes, the file has {}",
                stored.name, text(stored.shape), tensor.nbytes(), stored.bytes.size());
  }
  if (!stored.bytes.empty()) {
    std::memcpy(tensor.data_ptr(), stored.bytes.data(), stored.bytes.size());
  }
  return tensor;
}

ScalarType stored_type(torch::ScalarType type) {
  for (int candidate = 0; candidate <= static_cast<int>(ScalarType::kBool); ++candidate) {
    if (torch_type(static_cast<ScalarType>(candidate)) == type) {
      return static_cast<ScalarType>(candidate);
    }
  }
  throw Error(ErrorKind::kUnsupported, "tensors of type {} cannot be stored",
              torch::toString(type));
}

StoredTensor stored_tensor(const std::string& name, const torch::Tensor& tensor) {
  return {.name = name,
          .type = stored_type(tensor.scalar_type()),
          .shape = tensor.sizes().vec(),
          .bytes = {static_cast<const std::byte*>(tensor.data_ptr()), tensor.nbytes()}};
}

WeightsMismatch load(const Weights& weights, torch::nn::Module& network) {
  const torch::NoGradGuard no_grad;
  std::map<std::string, const StoredTensor*> by_name;
  for (const StoredTensor& stored : weights.tensors) {
    by_name.emplace(stored.name, &stored);
  }
  WeightsMismatch mismatch;
  std::set<std::string> wanted;
  for (auto& [name, tensor] : tensors_of(network)) {
    wanted.insert(name);
    const auto found = by_name.find(name);
    if (found == by_name.end()) {
      if (!only_counts_steps(name)) {
        mismatch.missing.push_back(name);
      }
    } else if (tensor.sizes() != at::IntArrayRef(found->second->shape)) {
      mismatch.misshaped.push_back(fmt::format("{}: the file has {}, the network {}", name,
                                               text(found->second->shape), text(tensor.sizes())));
    } else {
      tensor.copy_(to_tensor(*found->second));
    }
  }
  for (const StoredTensor& stored : weights.tensors) {
    if (!wanted.contains(stored.name) && !follows_from_the_input(stored.name)) {
      mismatch.unexpected.push_back(stored.name);
    }
  }
  return mismatch;
}

Weights weights_of(const torch::nn::Module& network) {
  const auto kept = std::make_shared<std::vector<torch::Tensor>>();
  Weights weights;
  for (const auto& [name, tensor] : tensors_of(network)) {
    kept->push_back(tensor.detach().to(torch::kCPU).contiguous());
    weights.tensors.push_back(stored_tensor(name, kept->back()));
  }
  weights.storage = kept;
  return weights;
}

int64_t parameter_count(const torch::nn::Module& network) {
  int64_t count = 0;
  for (const torch::Tensor& parameter : network.parameters()) {
    count += parameter.numel();
  }
  return count;
}

}  // namespace mote::nn
