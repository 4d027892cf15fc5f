#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <torch/csrc/jit/ir/ir.h>
#include <torch/types.h>

#include "mote/learned/onnx_file.h"

namespace mote::learned {

/// Puts an ONNX graph together from the nodes of a traced one, whose shapes are all known.
class OnnxBuilder {
 public:
  using Value = torch::jit::Value;
  using Node = torch::jit::Node;

  /// An argument of an operator by its name in ATen's schema.
  /// Throws kUnsupported where the operator has none of that name.
  static const Value* argument(const Node& node, const std::string& name);
  /// The argument as a constant. Throws kUnsupported where it is computed.
  static torch::jit::IValue constant(const Node& node, const std::string& name);
  static int64_t whole(const Node& node, const std::string& name);
  static std::vector<int64_t> wholes(const Node& node, const std::string& name);
  static std::vector<int64_t> shape(const Value& value);
  static torch::ScalarType type(const Value& value);

  /// The ONNX name of a tensor, or of a number as a tensor of `type`; constants join the graph.
  std::string name(const Value* value, torch::ScalarType type = torch::kFloat32);
  std::string input(const Node& node, const std::string& argument_name);

  /// Tensors in a list.
  std::vector<std::string> list(const Node& node, const std::string& argument_name);

  std::string add_constant(const torch::Tensor& tensor);
  std::string add_wholes(const std::vector<int64_t>& values);

  /// Adds an operator, and gives the name of its output.
  std::string add(const std::string& op, std::vector<std::string> inputs,
                  std::vector<OnnxAttribute> attributes = {});
  /// Likewise, as the output of `node`.
  void finish(const Node& node, const std::string& op, std::vector<std::string> inputs,
              std::vector<OnnxAttribute> attributes = {});
  /// The output of `node` is what is there already.
  void finish(const Node& node, const std::string& name);
  /// The list that `node` puts out has these tensors.
  void finish_list(const Node& node, std::vector<std::string> names);

  void add_input(const Value* value, const std::string& name);
  void add_output(const Value* value, const std::string& name);
  void unpack(const Node& node);

  OnnxGraph take();

 private:
  std::string fresh();

  OnnxGraph graph_;
  std::map<const Value*, std::string> names_;
  std::map<const Value*, std::vector<std::string>> lists_;
  std::map<const void*, std::string> constants_;  // by the memory of tensors that are kept
  std::vector<torch::Tensor> kept_;
  int64_t count_ = 0;
};

}  // namespace mote::learned
