#include "mote/learned/onnx_builder.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <torch/csrc/jit/ir/constants.h>

#include "mote/core/error.h"
#include "mote/nn/weights.h"

namespace mote::learned {
namespace {

bool same(const torch::jit::IValue& one, const torch::jit::IValue& other) {
  if (one.isTensor() && other.isTensor()) {
    return torch::equal(one.toTensor(), other.toTensor());
  }
  return one == other;
}

}  // namespace

void OnnxBuilder::compare(const torch::jit::Graph& graph, const torch::jit::Graph& other,
                          const OpenSize& open) {
  open_ = open;
  const auto pair = [&](at::ArrayRef<const Value*> ours, at::ArrayRef<const Value*> theirs) {
    for (size_t i = 0; i < ours.size(); ++i) {
      others_[ours[i]] = theirs[i];
    }
  };
  pair(graph.inputs(), other.inputs());
  const auto& [input, dimension] = *open.dimensions.begin();
  open_sample_ = shape(*graph.inputs().at(input + 1)).at(static_cast<size_t>(dimension));
  const auto alike = [](const Node* one, const Node* another) {
    return one->kind() == another->kind() && one->outputs().size() == another->outputs().size();
  };
  if (!std::equal(graph.nodes().begin(), graph.nodes().end(), other.nodes().begin(),
                  other.nodes().end(), alike)) {
    throw Error(ErrorKind::kUnsupported, "another number of {} takes other operators", open.name);
  }
  auto theirs = other.nodes().begin();
  for (const Node* ours : graph.nodes()) {
    pair(ours->outputs(), theirs->outputs());
    ++theirs;
  }
}

std::string OnnxBuilder::operator_name(const Node& node) {
  if (node.kind() == torch::jit::prim::CallFunction) {
    return node.input(0)->type()->expectRef<c10::FunctionType>().function()->name();
  }
  return node.kind().toQualString();
}

const torch::jit::Value* OnnxBuilder::argument(const Node& node, const std::string& name) {
  const auto place = node.schema().argumentIndexWithName(name);
  if (!place) {
    throw Error(ErrorKind::kUnsupported, "{} without the argument {}", node.kind().toQualString(),
                name);
  }
  return node.input(static_cast<size_t>(*place));
}

torch::jit::IValue OnnxBuilder::constant(const Node& node, const std::string& name) const {
  const Value* value = argument(node, name);
  if (const auto known = torch::jit::toIValue(value)) {
    if (follows_open(*value, *known)) {
      throw Error(ErrorKind::kUnsupported, "{} with the argument {} that follows the {}",
                  node.kind().toQualString(), name, open_->name);
    }
    return *known;
  }
  if (value->node()->kind() == torch::jit::prim::ListConstruct) {
    std::vector<int64_t> values;
    for (const Value* item : value->node()->inputs()) {
      const auto known = torch::jit::toIValue(item);
      if (!known || !known->isInt() || follows_open(*item, *known)) {
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

int64_t OnnxBuilder::whole(const Node& node, const std::string& name) const {
  return constant(node, name).toInt();
}

std::vector<int64_t> OnnxBuilder::wholes(const Node& node, const std::string& name) const {
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

std::vector<int64_t> OnnxBuilder::sizes(const Value& value) const {
  std::vector<int64_t> sizes = shape(value);
  if (const Value* larger = other(&value); larger != nullptr) {
    const std::vector<int64_t> there = shape(*larger);
    for (size_t at = 0; at < sizes.size(); ++at) {
      sizes[at] = there.at(at) == sizes[at] ? sizes[at] : kOpen;
    }
  }
  return sizes;
}

int64_t OnnxBuilder::fixed_size(const Value& value, int64_t dimension) const {
  const int64_t size = sizes(value).at(static_cast<size_t>(dimension));
  if (size == kOpen) {
    throw Error(ErrorKind::kUnsupported, "{} along a dimension that follows the {}",
                value.node()->kind().toQualString(), open_->name);
  }
  return size;
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
  if (known && follows_open(*value, *known)) {
    return names_[value] = add_repeated(*value);
  }
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

std::string OnnxBuilder::open_size() {
  if (open_size_.empty()) {
    const auto& [input, dimension] = *open_->dimensions.begin();
    open_size_ =
        add("Gather", {add("Shape", {graph_.inputs.at(input).name}), add_wholes({dimension})});
  }
  return open_size_;
}

std::string OnnxBuilder::add_shape(const Value& value) {
  const std::vector<int64_t> known = sizes(value);
  if (std::find(known.begin(), known.end(), kOpen) == known.end()) {
    return add_wholes(known);
  }
  std::vector<std::string> parts;
  for (size_t at = 0; at < known.size(); ++at) {
    if (known[at] == kOpen && shape(value)[at] != open_sample_) {
      throw Error(ErrorKind::kUnsupported, "{} to a size that is reckoned from the {}",
                  value.node()->kind().toQualString(), open_->name);
    }
    parts.push_back(known[at] == kOpen ? open_size() : add_wholes({known[at]}));
  }
  return add("Concat", parts, {{"axis", int64_t{0}}});
}

std::string OnnxBuilder::add_repeated(const Value& value) {
  const auto once = [&](const Value& one) {
    torch::Tensor tensor = torch::jit::toIValue(&one)->toTensor();
    const torch::Tensor whole = tensor;
    const std::vector<int64_t> known = sizes(value);
    for (size_t at = 0; at < known.size(); ++at) {
      tensor = known[at] == kOpen ? tensor.narrow(static_cast<int64_t>(at), 0, 1) : tensor;
    }
    return torch::equal(tensor.expand_as(whole), whole) ? tensor : torch::Tensor();
  };
  const auto fixed = torch::jit::toIValue(&value);
  const auto there = torch::jit::toIValue(other(&value));
  if (there && fixed->isTensor() && there->isTensor()) {
    const torch::Tensor ours = once(value);
    const torch::Tensor theirs = once(*other(&value));
    if (ours.defined() && theirs.defined() && torch::equal(ours, theirs)) {
      return add("Expand", {add_constant(ours), add_shape(value)});
    }
  }
  throw Error(ErrorKind::kUnsupported, "a fixed tensor or number that follows the {}", open_->name);
}

std::string OnnxBuilder::add(const std::string& op, std::vector<std::string> inputs,
                             std::vector<OnnxAttribute> attributes) {
  return add_several(op, std::move(inputs), std::move(attributes), 1).front();
}

std::vector<std::string> OnnxBuilder::add_several(const std::string& op,
                                                  std::vector<std::string> inputs,
                                                  std::vector<OnnxAttribute> attributes,
                                                  size_t outputs) {
  graph_.nodes.push_back(
      {.op = op, .inputs = std::move(inputs), .outputs = {}, .attributes = std::move(attributes)});
  for (size_t i = 0; i < outputs; ++i) {
    graph_.nodes.back().outputs.push_back(fresh());
  }
  return graph_.nodes.back().outputs;
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

OnnxValue OnnxBuilder::described(const Value& value, const std::string& name) const {
  OnnxValue described{
      .name = name, .type = nn::stored_type(type(value)), .shape = sizes(value), .open = {}};
  for (size_t at = 0; at < described.shape.size(); ++at) {
    if (described.shape[at] == kOpen) {
      described.open[at] = open_->name;
    }
  }
  return described;
}

void OnnxBuilder::add_input(const Value* value, const std::string& name) {
  names_[value] = name;
  graph_.inputs.push_back(described(*value, name));
}

void OnnxBuilder::add_output(const Value* value, const std::string& name) {
  graph_.nodes.push_back({.op = "Identity", .inputs = {this->name(value)}, .outputs = {name}});
  graph_.outputs.push_back(described(*value, name));
}

void OnnxBuilder::unpack(const Node& node) {
  const std::vector<std::string>& names = lists_.at(node.input(0));
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    names_[node.output(i)] = names.at(i);
  }
}

const torch::jit::Value* OnnxBuilder::other(const Value* value) const {
  const auto found = others_.find(value);
  return found != others_.end() ? found->second : nullptr;
}

bool OnnxBuilder::follows_open(const Value& value, const torch::jit::IValue& known) const {
  const Value* there = other(&value);
  if (there == nullptr) {
    return false;
  }
  const auto known_there = torch::jit::toIValue(there);
  return !known_there || !same(known, *known_there);
}

OnnxGraph OnnxBuilder::take() {
  graph_.constants.storage = std::make_shared<std::vector<torch::Tensor>>(std::move(kept_));
  return std::move(graph_);
}

std::string OnnxBuilder::fresh() {
  return fmt::format("t{}", count_++);
}

}  // namespace mote::learned
