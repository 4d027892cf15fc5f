#include "mote/nn/recorded_scan.h"

#include <torch/csrc/jit/frontend/resolver.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/resource_guard.h>

namespace mote::nn {
namespace {

constexpr const char* kSource = R"(
def selective_scan(rates, inputs, a, b, c):
    state = torch.zeros_like(inputs[0] * b[0])
    outputs : List[Tensor] = []
    for i in range(rates.size(0)):
        state = torch.exp(rates[i] * a) * state + inputs[i] * b[i]
        outputs.append(torch.matmul(state, c[i]))
    return torch.stack(outputs)
)";

/// Lives as long as the program: what was traced calls it.
torch::jit::Function& scan_function() {
  static torch::jit::CompilationUnit unit;
  static torch::jit::Function* const function =
      unit.define(c10::QualifiedName("__torch__.mote"), kSource, torch::jit::nativeResolver(),
                  nullptr)
          .front();
  return *function;
}

}  // namespace

torch::Tensor recorded_scan(const Recurrence& in) {
  namespace tracer = torch::jit::tracer;
  torch::jit::Function& function = scan_function();
  torch::jit::MatchedSchema call;
  torch::jit::Stack stack;
  for (const torch::Tensor& tensor : {in.rates, in.inputs, in.a, in.b, in.c}) {
    call.inputs.push_back(tracer::getValueTrace(tensor));
    stack.emplace_back(tensor);
  }
  call.return_types = {c10::TensorType::get()};
  torch::Tensor outputs;
  {
    const torch::jit::ResourceGuard resume(tracer::pauseTracing());
    outputs = function(std::move(stack)).toTensor();
  }
  torch::jit::Value* value = tracer::getTracingState()->graph->insertFunctionCall(&function, call);
  value->inferTypeFrom(outputs);
  tracer::setValueTrace(outputs, value);
  return outputs;
}

}  // namespace mote::nn
