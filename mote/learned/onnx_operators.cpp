#include "mote/learned/onnx_operators.h"

#include <cmath>
#include <map>

#include "mote/core/error.h"

namespace mote::learned {
namespace {

using Node = torch::jit::Node;
using Builder = OnnxBuilder;

// Of one tensor, without settings.

const std::map<std::string, std::string>& unary_operators() {
  static const std::map<std::string, std::string> table = {
      {"aten::relu", "Relu"}, {"aten::sigmoid", "Sigmoid"},
      {"aten::tanh", "Tanh"}, {"aten::exp", "Exp"},
      {"aten::log", "Log"},   {"aten::sqrt", "Sqrt"},
      {"aten::neg", "Neg"},   {"aten::abs", "Abs"},
      {"aten::sin", "Sin"},   {"aten::cos", "Cos"},
      {"aten::erf", "Erf"},   {"aten::floor", "Floor"},
      {"aten::ceil", "Ceil"}, {"aten::reciprocal", "Reciprocal"},
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
      place && Builder::constant(node, "approximate").toStringRef() != "none") {
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
                 {{"axis", Builder::whole(node, "dim")}});
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
  if (!place || Builder::constant(node, "alpha").toScalar().toDouble() == 1) {
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
    return static_cast<float>(Builder::constant(node, name).toScalar().toDouble());
  };
  builder.finish(
      node, "Gemm",
      {builder.input(node, "mat1"), builder.input(node, "mat2"), builder.input(node, "self")},
      {{"alpha", factor("alpha")}, {"beta", factor("beta")}});
}

void linear(Builder& builder, const Node& node) {
  const torch::jit::IValue weight = Builder::constant(node, "weight");
  const std::string turned = builder.add_constant(weight.toTensor().t().contiguous());
  const std::string product = builder.add("MatMul", {builder.input(node, "input"), turned});
  const torch::jit::IValue bias = Builder::constant(node, "bias");
  if (bias.isNone()) {
    builder.finish(node, product);
  } else {
    builder.finish(node, "Add", {product, builder.input(node, "bias")});
  }
}

// Layers.

/// A setting of two dimensions, which ATen writes as one number where both are alike.
std::vector<int64_t> of_both(const Node& node, const std::string& name) {
  const std::vector<int64_t> given = Builder::wholes(node, name);
  return given.size() == 1 ? std::vector<int64_t>{given[0], given[0]} : given;
}

/// The padding before and after both dimensions.
std::vector<int64_t> pads_of(const Node& node) {
  const std::vector<int64_t> padding = of_both(node, "padding");
  return {padding.at(0), padding.at(1), padding.at(0), padding.at(1)};
}

void convolution(Builder& builder, const Node& node) {
  std::vector<std::string> inputs = {builder.input(node, "input"), builder.input(node, "weight")};
  if (!torch::jit::toIValue(Builder::argument(node, "bias")).value_or(0).isNone()) {
    inputs.push_back(builder.input(node, "bias"));
  }
  std::vector<OnnxAttribute> attributes = {{"strides", of_both(node, "stride")},
                                           {"pads", pads_of(node)},
                                           {"dilations", of_both(node, "dilation")},
                                           {"group", Builder::whole(node, "groups")}};
  const bool transposed = Builder::constant(node, "transposed").toBool();
  if (transposed) {
    attributes.push_back({"output_padding", of_both(node, "output_padding")});
  }
  builder.finish(node, transposed ? "ConvTranspose" : "Conv", inputs, attributes);
}

void batch_norm(Builder& builder, const Node& node) {
  if (Builder::constant(node, "training").toBool()) {
    throw Error(ErrorKind::kUnsupported, "aten::batch_norm that is being trained");
  }
  builder.finish(
      node, "BatchNormalization",
      {builder.input(node, "input"), builder.input(node, "weight"), builder.input(node, "bias"),
       builder.input(node, "running_mean"), builder.input(node, "running_var")},
      {{"epsilon", static_cast<float>(Builder::constant(node, "eps").toDouble())}});
}

void layer_norm(Builder& builder, const Node& node) {
  const auto dimensions = static_cast<int64_t>(Builder::wholes(node, "normalized_shape").size());
  builder.finish(
      node, "LayerNormalization",
      {builder.input(node, "input"), builder.input(node, "weight"), builder.input(node, "bias")},
      {{"axis", -dimensions},
       {"epsilon", static_cast<float>(Builder::constant(node, "eps").toDouble())}});
}

void max_pool(Builder& builder, const Node& node) {
  const std::vector<int64_t> kernel = of_both(node, "kernel_size");
  const std::vector<int64_t> stride = of_both(node, "stride");
  builder.finish(node, "MaxPool", {builder.input(node, "self")},
                 {{"kernel_shape", kernel},
                  {"strides", stride.empty() ? kernel : stride},
                  {"pads", pads_of(node)},
                  {"dilations", of_both(node, "dilation")},
                  {"ceil_mode", int64_t{Builder::constant(node, "ceil_mode").toBool()}}});
}

void mean(Builder& builder, const Node& node) {
  builder.finish(node, "ReduceMean", {builder.input(node, "self")},
                 {{"axes", Builder::wholes(node, "dim")},
                  {"keepdims", int64_t{Builder::constant(node, "keepdim").toBool()}}});
}

void sum(Builder& builder, const Node& node) {
  builder.finish(node, "ReduceSum",
                 {builder.input(node, "self"), builder.add_wholes(Builder::wholes(node, "dim"))},
                 {{"keepdims", int64_t{Builder::constant(node, "keepdim").toBool()}}});
}

void resize(Builder& builder, const Node& node, std::vector<OnnxAttribute> attributes) {
  builder.finish(
      node, "Resize",
      {builder.input(node, "self"), "", "", builder.add_wholes(Builder::shape(*node.output()))},
      std::move(attributes));
}

void nearest(Builder& builder, const Node& node) {
  resize(builder, node,
         {{"mode", std::string("nearest")},
          {"coordinate_transformation_mode", std::string("asymmetric")},
          {"nearest_mode", std::string("floor")}});
}

std::string coordinates(const Node& node) {
  return Builder::constant(node, "align_corners").toBool() ? "align_corners" : "half_pixel";
}

void bilinear(Builder& builder, const Node& node) {
  resize(builder, node,
         {{"mode", std::string("linear")}, {"coordinate_transformation_mode", coordinates(node)}});
}

void bicubic(Builder& builder, const Node& node) {
  constexpr float kPyTorchs = -0.75F;
  resize(builder, node,
         {{"mode", std::string("cubic")},
          {"coordinate_transformation_mode", coordinates(node)},
          {"cubic_coeff_a", kPyTorchs}});
}

}  // namespace

OnnxConversion onnx_conversion(const std::string& op) {
  static const std::map<std::string, OnnxConversion> table = {
      {"aten::square", square},
      {"aten::silu", silu},
      {"aten::gelu", gelu},
      {"aten::softmax", softmax},
      {"aten::to", convert},
      {"aten::type_as", convert},
      {"aten::rsub", rsub},
      {"aten::pow", power},
      {"aten::matmul", matmul},
      {"aten::bmm", matmul},
      {"aten::addmm", addmm},
      {"aten::linear", linear},
      {"aten::_convolution", convolution},
      {"aten::batch_norm", batch_norm},
      {"aten::layer_norm", layer_norm},
      {"aten::max_pool2d", max_pool},
      {"aten::mean", mean},
      {"aten::sum", sum},
      {"aten::upsample_nearest2d", nearest},
      {"aten::upsample_bilinear2d", bilinear},
      {"aten::upsample_bicubic2d", bicubic},
  };
  if (unary_operators().contains(op)) {
    return unary;
  }
  if (binary_operators().contains(op)) {
    return binary;
  }
  const auto found = table.find(op);
  return found != table.end() ? found->second : onnx_shape_conversion(op);
}

}  // namespace mote::learned
