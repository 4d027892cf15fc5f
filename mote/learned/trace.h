#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <torch/csrc/jit/api/module.h>
#include <torch/types.h>

namespace mote::learned {

/// A size that a function takes as it comes: how many points it is asked for, say.
struct OpenSize {
  std::string name;
  std::map<size_t, int64_t> dimensions;  ///< by the number of the input
};

/// A function of tensors, and tensors to try it with.
struct Traceable {
  std::string name;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<torch::Tensor> samples;  ///< one an input
  std::function<std::vector<torch::Tensor>(const std::vector<torch::Tensor>&)> run;
  std::optional<OpenSize> open = {};  ///< a size of more than 1 in the samples
};

/// The same with samples whose open size is larger by one.
Traceable enlarged(const Traceable& function);

/// What it computed, operator by operator, for tensors of the samples' shapes: a TorchScript module
/// whose `forward` it is, with all weights in it as constants. Several outputs come as a tuple.
/// Throws what `run` throws; kUnsupported where the module, tried with other numbers, computes
/// something else.
torch::jit::Module traced(const Traceable& function);

/// The module as a TorchScript file, which `torch::jit::load` reads.
std::string torchscript_file(const torch::jit::Module& module);

}  // namespace mote::learned
