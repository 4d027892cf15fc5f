#include "mote/learned/trace.h"

#include <sstream>

#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>

#include "mote/core/error.h"
#include "mote/nn/plain.h"

namespace mote::learned {
namespace {

/// A trace misses what a network writes into a part of a tensor: the two are run beside each other.
void check_same(torch::jit::Module& module, const Traceable& function) {
  std::vector<torch::Tensor> samples;
  std::vector<torch::jit::IValue> inputs;
  for (const torch::Tensor& sample : function.samples) {
    samples.push_back(torch::rand_like(sample));
    inputs.emplace_back(samples.back());
  }
  const torch::jit::IValue found = module.forward(inputs);
  const std::vector<torch::Tensor> expected = function.run(samples);
  for (size_t i = 0; i < expected.size(); ++i) {
    const torch::Tensor one =
        found.isTensor() ? found.toTensor() : found.toTupleRef().elements().at(i).toTensor();
    if (!torch::allclose(one, expected[i], 1e-4, 1e-5)) {
      throw Error(ErrorKind::kUnsupported, "{} does not compute the same once it is traced",
                  function.name);
    }
  }
}

}  // namespace

Traceable enlarged(const Traceable& function) {
  Traceable larger = function;
  for (const auto& [input, dimension] : function.open->dimensions) {
    torch::Tensor& sample = larger.samples.at(input);
    sample = torch::cat({sample, sample.narrow(dimension, 0, 1)}, dimension);
  }
  return larger;
}

torch::jit::Module traced(const Traceable& function) {
  const torch::NoGradGuard no_grad;
  const nn::PlainOperators plain;
  torch::jit::Module module("Network");
  torch::jit::Stack inputs(function.samples.begin(), function.samples.end());
  const auto run = [&](torch::jit::Stack stack) {
    std::vector<torch::Tensor> tensors;
    for (const torch::jit::IValue& value : stack) {
      tensors.push_back(value.toTensor());
    }
    const std::vector<torch::Tensor> results = function.run(tensors);
    if (results.size() == 1) {
      return torch::jit::Stack{results.front()};
    }
    std::vector<torch::jit::IValue> all(results.begin(), results.end());
    return torch::jit::Stack{c10::ivalue::Tuple::create(std::move(all))};
  };
  const auto no_names = [](const torch::autograd::Variable&) { return std::string(); };
  const auto state = torch::jit::tracer::trace(std::move(inputs), run, no_names, true, true,
                                               &module, function.inputs)
                         .first;
  torch::jit::EliminateDeadCode(state->graph);
  torch::jit::ConstantPropagation(state->graph);
  torch::jit::EliminateDeadCode(state->graph);
  const auto method = module._ivalue()->compilation_unit()->create_function(
      c10::QualifiedName(*module.type()->name(), "forward"), state->graph);
  module.type()->addMethod(method);
  check_same(module, function);
  return module;
}

std::string torchscript_file(const torch::jit::Module& module) {
  std::ostringstream file;
  module.save(file);
  return file.str();
}

}  // namespace mote::learned
