#include "mote/learned/onnx_builder.h"

#include <memory>
#include <utility>

#include <torch/csrc/jit/ir/constants.h>

#include "mote/core/error.h"
#include "mote/nn/weights.h"

namespace mote::learned {

const torch::jit::Value* OnnxBuilder::argument(const Node& node, const std::string& name) {
  const auto place = node.schema().argumentIndexWithName(name);
  if (!place) {
    throw Error(ErrorKind::kUnsupported, "{} without the argument {}", node.kind().toQualString(),
                name);
  }
  return node.input(static_cast<size_t>(*place));
}

torch::jit::IValue OnnxBuilder::constant(const Node& node, const std::string& name) {
  const Value* value = argument(node, name);
  if (const auto known = torch::jit::toIValue(value)) {
    return *known;
  }
  if (value->node()->kind() == torch::jit::prim::ListConstruct) {
    std::vector<int64_t> values;
    for (const Value* item : value->node()->inputs()) {
      const auto known = torch::jit::toIValue(item);
      if (!known || !known->isInt()) {
        values.clear();
        break;
      }
      values.push_back(known->toInt());
    }
    if (values.size() == value->node()->inputs().size()) {
      return values;
    }
  }
  throw Error(ErrorKind::kUnsupported, "{} with the argument {} computed, not fixed",
              node.kind().toQualString(), name);
}

int64_t OnnxBuilder::whole(const Node& node, const std::string& name) {
  return constant(node, name).toInt();
}

std::vector<int64_t> OnnxBuilder::wholes(const Node& node, const std::string& name) {
  const torch::jit::IValue value = constant(node, name);
  return value.isNone() ? std::vector<int64_t>{} : value.toIntVector();
}

std::vector<int64_t> OnnxBuilder::shape(const Value& value) {
  if (const auto tensor = torch::jit::toIValue(&value); tensor && tensor->isTensor()) {
    return tensor->toTensor().sizes().vec();
  }
  const auto known = value.type()->castRaw<c10::TensorType>();
  const auto sizes = known != nullptr ? known->sizes().concrete_sizes() : c10::nullopt;
  if (!sizes) {
    throw Error(ErrorKind::kUnsupported, "{} puts out a tensor whose shape is not known",
                value.node()->kind().toQualString());
  }
  return *sizes;
}

torch::ScalarType OnnxBuilder::type(const Value& value) {
  if (const auto tensor = torch::jit::toIValue(&value); tensor && tensor->isTensor()) {
    return tensor->toTensor().scalar_type();
  }
  const auto known = value.type()->castRaw<c10::TensorType>();
  return known != nullptr && known->scalarType() ? *known->scalarType() : torch::kFloat32;
}

std::string OnnxBuilder::name(const Value* value, torch::ScalarType type) {
  if (const auto found = names_.find(value); found != names_.end()) {
    return found->second;
  }
  const auto known = torch::jit::toIValue(value);
  if (known && known->isTensor()) {
    return names_[value] = add_constant(known->toTensor());
  }
  if (known && known->isScalar()) {
    return add_constant(torch::scalar_tensor(known->toScalar(), type));
  }
  throw Error(ErrorKind::kUnsupported, "{} gives what is no tensor",
              value->node()->kind().toQualString());
}

std::string OnnxBuilder::input(const Node& node, const std::string& argument_name) {
  return name(argument(node, argument_name), type(*node.output()));
}

std::vector<std::string> OnnxBuilder::list(const Node& node, const std::string& argument_name) {
  const Value* value = argument(node, argument_name);
  if (const auto found = lists_.find(value); found != lists_.end()) {
    return found->second;
  }
  std::vector<std::string> names;
  if (const auto known = torch::jit::toIValue(value); known && known->isTensorList()) {
    for (const torch::Tensor& tensor : known->toTensorVector()) {
      names.push_back(add_constant(tensor));
    }
    return names;
  }
  for (const Value* item : value->node()->inputs()) {
    names.push_back(name(item));
  }
  return names;
}

std::string OnnxBuilder::add_constant(const torch::Tensor& tensor) {
  if (const auto found = constants_.find(tensor.data_ptr());
      found != constants_.end() && tensor.is_contiguous() && tensor.numel() > 1) {
    for (const StoredTensor& stored : graph_.constants.tensors) {
      if (stored.name == found->second && tensor.sizes() == at::IntArrayRef(stored.shape)) {
        return found->second;
      }
    }
  }
  kept_.push_back(tensor.detach().to(torch::kCPU).contiguous());
  StoredTensor stored = nn::stored_tensor(fresh(), kept_.back());
  constants_[kept_.back().data_ptr()] = stored.name;
  graph_.constants.tensors.push_back(std::move(stored));
  return graph_.constants.tensors.back().name;
}

std::string OnnxBuilder::add_wholes(const std::vector<int64_t>& values) {
  return add_constant(torch::tensor(values, torch::kInt64));
}

std::string OnnxBuilder::add(const std::string& op, std::vector<std::string> inputs,
                             std::vector<OnnxAttribute> attributes) {
  graph_.nodes.push_back({.op = op,
                          .inputs = std::move(inputs),
                          .outputs = {fresh()},
                          .attributes = std::move(attributes)});
  return graph_.nodes.back().outputs.front();
}

void OnnxBuilder::finish(const Node& node, const std::string& op, std::vector<std::string> inputs,
                         std::vector<OnnxAttribute> attributes) {
  finish(node, add(op, std::move(inputs), std::move(attributes)));
}

void OnnxBuilder::finish(const Node& node, const std::string& name) {
  names_[node.output()] = name;
}

void OnnxBuilder::finish_list(const Node& node, std::vector<std::string> names) {
  lists_[node.output()] = std::move(names);
}

void OnnxBuilder::add_input(const Value* value, const std::string& name) {
  names_[value] = name;
  graph_.inputs.push_back(
      {.name = name, .type = nn::stored_type(type(*value)), .shape = shape(*value)});
}

void OnnxBuilder::add_output(const Value* value, const std::string& name) {
  graph_.nodes.push_back({.op = "Identity", .inputs = {this->name(value)}, .outputs = {name}});
  graph_.outputs.push_back(
      {.name = name, .type = nn::stored_type(type(*value)), .shape = shape(*value)});
}

void OnnxBuilder::unpack(const Node& node) {
  const std::vector<std::string>& names = lists_.at(node.input(0));
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    names_[node.output(i)] = names.at(i);
  }
}

OnnxGraph OnnxBuilder::take() {
  graph_.constants.storage = std::make_shared<std::vector<torch::Tensor>>(std::move(kept_));
  return std::move(graph_);
}

std::string OnnxBuilder::fresh() {
  return fmt::format("t{}", count_++);
}

}  // namespace mote::learned
