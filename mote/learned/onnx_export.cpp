#include "mote/learned/onnx_export.h"

#include "mote/core/error.h"
#include "mote/learned/onnx_builder.h"
#include "mote/learned/onnx_operators.h"

namespace mote::learned {
namespace {

void convert(OnnxBuilder& builder, const torch::jit::Node& node) {
  namespace prim = torch::jit::prim;
  if (node.kind() == prim::Constant || node.kind() == prim::ListConstruct ||
      node.kind() == prim::TupleConstruct) {
    return;  // taken where they are used
  }
  if (node.kind() == prim::ListUnpack) {
    builder.unpack(node);
    return;
  }
  const std::string op = OnnxBuilder::operator_name(node);
  const OnnxConversion conversion = onnx_conversion(op);
  if (conversion == nullptr) {
    throw Error(ErrorKind::kUnsupported, "the operator {} has no conversion to ONNX in mote", op);
  }
  conversion(builder, node);
}

}  // namespace

OnnxGraph onnx_graph(const Traceable& function) {
  const auto graph = traced(function).get_method("forward").graph();
  OnnxBuilder builder;
  std::shared_ptr<torch::jit::Graph> larger;
  if (function.open) {
    larger = traced(enlarged(function)).get_method("forward").graph();
    builder.compare(*graph, *larger, *function.open);
  }
  for (size_t i = 0; i < function.inputs.size(); ++i) {
    builder.add_input(graph->inputs().at(i + 1), function.inputs[i]);  // the first is the module
  }
  for (const torch::jit::Node* node : graph->nodes()) {
    convert(builder, *node);
  }
  auto outputs = graph->outputs();
  if (outputs.size() == 1 && outputs[0]->node()->kind() == torch::jit::prim::TupleConstruct) {
    outputs = outputs[0]->node()->inputs();
  }
  for (size_t i = 0; i < function.outputs.size(); ++i) {
    builder.add_output(outputs.at(i), function.outputs[i]);
  }
  OnnxGraph made = builder.take();
  made.name = function.name;
  return made;
}

}  // namespace mote::learned
