#include "mote/learned/onnx_operators.h"

#include <cmath>
#include <map>

#include "mote/core/error.h"

namespace mote::learned {
namespace {

using Node = torch::jit::Node;
using Value = torch::jit::Value;
using Builder = OnnxBuilder;

// Of one tensor, without settings.

const std::map<std::string, std::string>& unary_operators() {
  static const std::map<std::string, std::string> table = {
      {"aten::softplus", "Softplus"}, {"aten::relu", "Relu"}, {"aten::sigmoid", "Sigmoid"},
      {"aten::tanh", "Tanh"},         {"aten::exp", "Exp"},   {"aten::log", "Log"},
      {"aten::sqrt", "Sqrt"},         {"aten::neg", "Neg"},   {"aten::abs", "Abs"},
      {"aten::sin", "Sin"},           {"aten::cos", "Cos"},   {"aten::erf", "Erf"},
      {"aten::floor", "Floor"},       {"aten::ceil", "Ceil"}, {"aten::reciprocal", "Reciprocal"},
  };
  return table;
}

void unary(Builder& builder, const Node& node) {
  builder.finish(node, unary_operators().at(node.kind().toQualString()),
                 {builder.input(node, "self")});
}

void square(Builder& builder, const Node& node) {
  const std::string x = builder.input(node, "self");
  builder.finish(node, "Mul", {x, x});
}

void silu(Builder& builder, const Node& node) {
  const std::string x = builder.input(node, "self");
  builder.finish(node, "Mul", {x, builder.add("Sigmoid", {x})});
}

/// x Phi(x), with the error function.
void gelu(Builder& builder, const Node& node) {
  if (const auto place = node.schema().argumentIndexWithName("approximate");
      place && builder.constant(node, "approximate").toStringRef() != "none") {
    throw Error(ErrorKind::kUnsupported, "aten::gelu with an approximation");
  }
  const std::string x = builder.input(node, "self");
  const auto number = [&](double value) {
    return builder.add_constant(torch::scalar_tensor(value, Builder::type(*node.output())));
  };
  const std::string erf = builder.add("Erf", {builder.add("Mul", {x, number(1 / std::sqrt(2.0))})});
  const std::string both = builder.add("Mul", {x, builder.add("Add", {erf, number(1)})});
  builder.finish(node, "Mul", {both, number(0.5)});
}

void softmax(Builder& builder, const Node& node) {
  builder.finish(node, "Softmax", {builder.input(node, "self")},
                 {{"axis", builder.whole(node, "dim")}});
}

void convert(Builder& builder, const Node& node) {  // aten::to
  constexpr int64_t kFloat = 1;
  constexpr int64_t kInt64 = 7;
  const torch::ScalarType from = Builder::type(*node.input(0));
  const torch::ScalarType to = Builder::type(*node.output());
  if (from == to) {
    builder.finish(node, builder.name(node.input(0)));
  } else if (to == torch::kFloat32 || to == torch::kInt64) {
    builder.finish(node, "Cast", {builder.name(node.input(0))},
                   {{"to", to == torch::kFloat32 ? kFloat : kInt64}});
  } else {
    throw Error(ErrorKind::kUnsupported, "aten::to of type {}", torch::toString(to));
  }
}

// Of two tensors, or a tensor and a number.

const std::map<std::string, std::string>& binary_operators() {
  static const std::map<std::string, std::string> table = {
      {"aten::add", "Add"}, {"aten::sub", "Sub"}, {"aten::mul", "Mul"}, {"aten::div", "Div"}};
  return table;
}

std::string scaled(Builder& builder, const Node& node, const std::string& other) {
  const auto place = node.schema().argumentIndexWithName("alpha");
  if (!place || builder.constant(node, "alpha").toScalar().toDouble() == 1) {
    return other;
  }
  return builder.add("Mul", {other, builder.input(node, "alpha")});
}

void binary(Builder& builder, const Node& node) {
  if (const auto place = node.schema().argumentIndexWithName("rounding_mode")) {
    throw Error(ErrorKind::kUnsupported, "{} that rounds", node.kind().toQualString());
  }
  builder.finish(
      node, binary_operators().at(node.kind().toQualString()),
      {builder.input(node, "self"), scaled(builder, node, builder.input(node, "other"))});
}

void rsub(Builder& builder, const Node& node) {
  builder.finish(
      node, "Sub",
      {builder.input(node, "other"), scaled(builder, node, builder.input(node, "self"))});
}

/// The comparison of a tensor with another or a number, which has the tensor's type.
void compared(Builder& builder, const Node& node) {
  const Value* self = Builder::argument(node, "self");
  const bool equal = node.kind() == torch::jit::aten::eq;
  builder.finish(
      node, equal ? "Equal" : "GreaterOrEqual",
      {builder.name(self), builder.name(Builder::argument(node, "other"), Builder::type(*self))});
}

void where(Builder& builder, const Node& node) {
  builder.finish(node, "Where",
                 {builder.input(node, "condition"), builder.input(node, "self"),
                  builder.input(node, "other")});
}

void power(Builder& builder, const Node& node) {
  builder.finish(node, "Pow", {builder.input(node, "self"), builder.input(node, "exponent")});
}

void matmul(Builder& builder, const Node& node) {
  const bool is_bmm = node.kind() == torch::jit::aten::bmm;
  builder.finish(node, "MatMul",
                 {builder.input(node, "self"), builder.input(node, is_bmm ? "mat2" : "other")});
}

void addmm(Builder& builder, const Node& node) {
  const auto factor = [&](const char* name) {
    return static_cast<float>(builder.constant(node, name).toScalar().toDouble());
  };
  builder.finish(
      node, "Gemm",
      {builder.input(node, "mat1"), builder.input(node, "mat2"), builder.input(node, "self")},
      {{"alpha", factor("alpha")}, {"beta", factor("beta")}});
}

void linear(Builder& builder, const Node& node) {
  const torch::jit::IValue weight = builder.constant(node, "weight");
  const std::string turned = builder.add_constant(weight.toTensor().t().contiguous());
  const std::string product = builder.add("MatMul", {builder.input(node, "input"), turned});
  const torch::jit::IValue bias = builder.constant(node, "bias");
  if (bias.isNone()) {
    builder.finish(node, product);
  } else {
    builder.finish(node, "Add", {product, builder.input(node, "bias")});
  }
}

}  // namespace

OnnxConversion onnx_conversion(const std::string& op) {
  static const std::map<std::string, OnnxConversion> table = {
      {"aten::square", square},   {"aten::silu", silu},   {"aten::gelu", gelu},
      {"aten::softmax", softmax}, {"aten::to", convert},  {"aten::type_as", convert},
      {"aten::rsub", rsub},       {"aten::eq", compared}, {"aten::ge", compared},
      {"aten::where", where},     {"aten::pow", power},   {"aten::matmul", matmul},
      {"aten::bmm", matmul},      {"aten::addmm", addmm}, {"aten::linear", linear},
  };
  if (unary_operators().contains(op)) {
    return unary;
  }
  if (binary_operators().contains(op)) {
    return binary;
  }
  const auto found = table.find(op);
  if (found != table.end()) {
    return found->second;
  }
  const OnnxConversion layer = onnx_layer_conversion(op);
  return layer != nullptr ? layer : onnx_shape_conversion(op);
}

}  // namespace mote::learned
