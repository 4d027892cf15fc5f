#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <torch/csrc/jit/ir/ir.h>
#include <torch/types.h>

#include "mote/learned/onnx_file.h"
#include "mote/learned/trace.h"

namespace mote::learned {

/// Puts an ONNX graph together from the nodes of a traced one, whose shapes are known but for those
/// that follow an open size.
class OnnxBuilder {
 public:
  using Value = torch::jit::Value;
  using Node = torch::jit::Node;

  /// In `sizes`, for one that follows the open size.
  static constexpr int64_t kOpen = -1;

  /// Tells what follows the open size by the same function traced with another one.
  /// Throws kUnsupported where the two graphs do not have the same operators.
  void compare(const torch::jit::Graph& graph, const torch::jit::Graph& other,
               const OpenSize& open);

  /// `aten::conv2d`, or the name of a function of TorchScript that is called.
  static std::string operator_name(const Node& node);

  /// An argument of an operator by its name in ATen's schema.
  /// Throws kUnsupported where the operator has none of that name.
  static const Value* argument(const Node& node, const std::string& name);
  /// The argument as a constant. Throws kUnsupported where it is computed, or follows the open
  /// size.
  torch::jit::IValue constant(const Node& node, const std::string& name) const;
  int64_t whole(const Node& node, const std::string& name) const;
  std::vector<int64_t> wholes(const Node& node, const std::string& name) const;
  /// The shape of the samples, to count dimensions by.
  static std::vector<int64_t> shape(const Value& value);
  /// The shape with kOpen for what follows the open size.
  std::vector<int64_t> sizes(const Value& value) const;
  /// One of them. Throws kUnsupported where it follows the open size.
  int64_t fixed_size(const Value& value, int64_t dimension) const;
  static torch::ScalarType type(const Value& value);

  /// The ONNX name of a tensor, or of a number as a tensor of `type`; constants join the graph.
  std::string name(const Value* value, torch::ScalarType type = torch::kFloat32);
  std::string input(const Node& node, const std::string& argument_name);

  /// Tensors in a list.
  std::vector<std::string> list(const Node& node, const std::string& argument_name);

  std::string add_constant(const torch::Tensor& tensor);
  std::string add_wholes(const std::vector<int64_t>& values);
  /// The shape of a tensor as a tensor. Throws kUnsupported where a size follows the open one but
  /// is another.
  std::string add_shape(const Value& value);
  /// A name that nothing has yet.
  std::string fresh();

  /// Adds an operator, and gives the name of its output.
  std::string add(const std::string& op, std::vector<std::string> inputs,
                  std::vector<OnnxAttribute> attributes = {});
  /// Likewise, with several outputs.
  std::vector<std::string> add_several(const std::string& op, std::vector<std::string> inputs,
                                       std::vector<OnnxAttribute> attributes, size_t outputs);
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
  /// The value in the graph that was traced with another size; null where there is none.
  const Value* other(const Value* value) const;
  /// Whether a value, here the constant `known`, is another one there.
  bool follows_open(const Value& value, const torch::jit::IValue& known) const;
  /// A constant with the same numbers for each step along the dimensions that follow the open size.
  std::string add_repeated(const Value& value);
  std::string open_size();
  OnnxValue described(const Value& value, const std::string& name) const;

  OnnxGraph graph_;
  std::map<const Value*, std::string> names_;
  std::map<const Value*, std::vector<std::string>> lists_;
  std::map<const void*, std::string> constants_;  // by the memory of tensors that are kept
  std::vector<torch::Tensor> kept_;
  int64_t count_ = 0;
  std::map<const Value*, const Value*> others_;
  std::optional<OpenSize> open_;
  int64_t open_sample_ = 0;  // the open size where it was traced
  std::string open_size_;    // the name of its tensor, once it is there
};

}  // namespace mote::learned
