#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mote/core/weights.h"
#include "mote/io/pickle.h"
#include "mote/io/tensor_bytes.h"

namespace mote::io {

/// Numbers that a checkpoint keeps beside its pickle, and that tensors may share.
struct TorchStorage {
  std::string key;  ///< by which the file names them
  ScalarType type = ScalarType::kFloat32;
  int64_t scalars = 0;
};

struct TorchTensor {
  std::string name;  ///< the keys that lead to it, with `/` between them: `model/head.weight`
  size_t storage = 0;
  StridedPlace place;
};

/// What the pickle of a PyTorch checkpoint says (torch/serialization.py, torch/_utils.py).
struct TorchPickle {
  std::vector<TorchStorage> storages;
  std::vector<TorchTensor> tensors;             ///< in the order of the file
  std::map<std::string, std::string> metadata;  ///< numbers and texts beside the tensors: `epoch`
};

/// Whether a state dict may need the global: OrderedDict, the functions that put tensors together,
/// and the types of storages.
bool is_torch_global(std::string_view module, std::string_view name);

/// Throws kBadFile where the pickle does not say what PyTorch writes, or a tensor does not lie in
/// its storage; kUnsupported where it holds anything but dicts, lists, tensors, numbers and texts.
TorchPickle torch_pickle(const Pickle& pickle);

/// The tensors, given the bytes of each storage; those whose numbers do not follow each other are
/// copied. `file` keeps the bytes of the storages and comes with the weights.
/// Throws kBadFile where a storage has not the bytes of its numbers, or the copies would take more
/// than the storages themselves and 16 MB.
Weights torch_weights(const TorchPickle& pickle,
                      const std::vector<std::span<const std::byte>>& storages,
                      std::shared_ptr<const void> file);

}  // namespace mote::io
