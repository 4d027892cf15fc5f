#include <iterator>
#include <map>
#include <memory>
#include <utility>

#include "mote/core/error.h"
#include "mote/learned/onnx_operators.h"

namespace mote::learned {
namespace {

using Node = torch::jit::Node;
using Value = torch::jit::Value;
using Builder = OnnxBuilder;

/// A setting of two dimensions, which ATen writes as one number where both are alike.
std::vector<int64_t> of_both(const Builder& builder, const Node& node, const std::string& name) {
  const std::vector<int64_t> given = builder.wholes(node, name);
  return given.size() == 1 ? std::vector<int64_t>{given[0], given[0]} : given;
}

/// The padding before and after both dimensions.
std::vector<int64_t> pads_of(const Builder& builder, const Node& node) {
  const std::vector<int64_t> padding = of_both(builder, node, "padding");
  return {padding.at(0), padding.at(1), padding.at(0), padding.at(1)};
}

void convolution(Builder& builder, const Node& node) {
  std::vector<std::string> inputs = {builder.input(node, "input"), builder.input(node, "weight")};
  if (!torch::jit::toIValue(Builder::argument(node, "bias")).value_or(0).isNone()) {
    inputs.push_back(builder.input(node, "bias"));
  }
  std::vector<OnnxAttribute> attributes = {{"strides", of_both(builder, node, "stride")},
                                           {"pads", pads_of(builder, node)},
                                           {"dilations", of_both(builder, node, "dilation")},
                                           {"group", builder.whole(node, "groups")}};
  const bool transposed = builder.constant(node, "transposed").toBool();
  if (transposed) {
    attributes.push_back({"output_padding", of_both(builder, node, "output_padding")});
  }
  builder.finish(node, transposed ? "ConvTranspose" : "Conv", inputs, attributes);
}

float epsilon(const Builder& builder, const Node& node) {
  return static_cast<float>(builder.constant(node, "eps").toDouble());
}

void batch_norm(Builder& builder, const Node& node) {
  if (builder.constant(node, "training").toBool()) {
    throw Error(ErrorKind::kUnsupported, "aten::batch_norm that is being trained");
  }
  builder.finish(
      node, "BatchNormalization",
      {builder.input(node, "input"), builder.input(node, "weight"), builder.input(node, "bias"),
       builder.input(node, "running_mean"), builder.input(node, "running_var")},
      {{"epsilon", epsilon(builder, node)}});
}

void layer_norm(Builder& builder, const Node& node) {
  const auto dimensions = static_cast<int64_t>(builder.wholes(node, "normalized_shape").size());
  builder.finish(
      node, "LayerNormalization",
      {builder.input(node, "input"), builder.input(node, "weight"), builder.input(node, "bias")},
      {{"axis", -dimensions}, {"epsilon", epsilon(builder, node)}});
}

void max_pool(Builder& builder, const Node& node) {
  const std::vector<int64_t> kernel = of_both(builder, node, "kernel_size");
  const std::vector<int64_t> stride = of_both(builder, node, "stride");
  builder.finish(node, "MaxPool", {builder.input(node, "self")},
                 {{"kernel_shape", kernel},
                  {"strides", stride.empty() ? kernel : stride},
                  {"pads", pads_of(builder, node)},
                  {"dilations", of_both(builder, node, "dilation")},
                  {"ceil_mode", int64_t{builder.constant(node, "ceil_mode").toBool()}}});
}

int64_t keeps_dimension(const Builder& builder, const Node& node) {
  return builder.constant(node, "keepdim").toBool() ? 1 : 0;
}

/// The mean or the largest value along some dimensions.
void reduce(Builder& builder, const Node& node, const char* op) {
  builder.finish(
      node, op, {builder.input(node, "self")},
      {{"axes", builder.wholes(node, "dim")}, {"keepdims", keeps_dimension(builder, node)}});
}

void sum(Builder& builder, const Node& node) {
  builder.finish(node, "ReduceSum",
                 {builder.input(node, "self"), builder.add_wholes(builder.wholes(node, "dim"))},
                 {{"keepdims", keeps_dimension(builder, node)}});
}

/// Groups in place of channels, then the weight and bias of each channel.
void group_norm(Builder& builder, const Node& node) {
  const int64_t groups = builder.whole(node, "num_groups");
  const std::string in_groups =
      builder.add("Reshape", {builder.input(node, "input"), builder.add_wholes({0, groups, -1})});
  const std::string normed = builder.add("InstanceNormalization",
                                         {in_groups, builder.add_constant(torch::ones({groups})),
                                          builder.add_constant(torch::zeros({groups}))},
                                         {{"epsilon", epsilon(builder, node)}});
  const std::string whole =
      builder.add("Reshape", {normed, builder.add("Shape", {builder.input(node, "input")})});
  const auto channels = [&](const char* name) {
    return builder.add_constant(
        builder.constant(node, name).toTensor().reshape({-1, 1, 1}).contiguous());
  };
  builder.finish(node, "Add", {builder.add("Mul", {whole, channels("weight")}), channels("bias")});
}

void mean(Builder& builder, const Node& node) {
  reduce(builder, node, "ReduceMean");
}

void maximum(Builder& builder, const Node& node) {  // aten::amax
  reduce(builder, node, "ReduceMax");
}

/// To a size that divides the image's: the mean of equal blocks.
void adaptive_mean(Builder& builder, const Node& node) {
  const Value* image = Builder::argument(node, "self");
  std::vector<int64_t> block;
  for (const int64_t at : {2, 3}) {
    const int64_t from = builder.fixed_size(*image, at);
    const int64_t to = builder.fixed_size(*node.output(), at);
    if (from % to != 0) {
      throw Error(ErrorKind::kUnsupported, "aten::adaptive_avg_pool2d from {} to {}", from, to);
    }
    block.push_back(from / to);
  }
  builder.finish(node, "AveragePool", {builder.name(image)},
                 {{"kernel_shape", block}, {"strides", block}});
}

/// The recurrence of mote/nn/recorded_scan.h, position by position: `Scan` keeps the states.
void selective_scan(Builder& builder, const Node& node) {
  enum Argument : size_t { kRates = 1, kInputs, kDecay, kB, kC };  // the first is the function
  constexpr Argument kSequences[] = {kRates, kInputs, kB, kC};
  const auto state_shape = [&] {
    std::vector<int64_t> shape = Builder::shape(*node.input(kInputs));  // (L, N, G, E, 1)
    shape.erase(shape.begin());
    shape.back() = Builder::shape(*node.input(kDecay)).back();
    return shape;  // (N, G, E, S)
  }();
  const auto value = [](const std::string& name, const std::vector<int64_t>& shape) {
    return OnnxValue{.name = name, .shape = shape};
  };

  OnnxGraph position{.name = "position"};
  const auto add = [&](const std::string& op, const std::vector<std::string>& inputs) {
    position.nodes.push_back({.op = op, .inputs = inputs, .outputs = {builder.fresh()}});
    return position.nodes.back().outputs.front();
  };
  std::vector<std::string> inputs = {builder.add_constant(torch::zeros(state_shape))};
  position.inputs.push_back(value(builder.fresh(), state_shape));
  std::map<Argument, std::string> here;
  for (const Argument argument : kSequences) {
    inputs.push_back(builder.name(node.input(argument)));
    std::vector<int64_t> shape = Builder::shape(*node.input(argument));
    shape.erase(shape.begin());
    here[argument] = builder.fresh();
    position.inputs.push_back(value(here[argument], shape));
  }
  const std::string decay =
      add("Exp", {add("Mul", {here[kRates], builder.name(node.input(kDecay))})});
  const std::string kept = add("Mul", {decay, position.inputs.front().name});
  const std::string state = add("Add", {kept, add("Mul", {here[kInputs], here[kB]})});
  const std::string output = add("MatMul", {state, here[kC]});
  std::vector<int64_t> output_shape = state_shape;
  output_shape.back() = 1;
  position.outputs = {value(state, state_shape), value(output, output_shape)};

  const std::vector<std::string> results =
      builder.add_several("Scan", inputs,
                          {{"body", std::make_shared<const OnnxGraph>(std::move(position))},
                           {"num_scan_inputs", static_cast<int64_t>(std::size(kSequences))}},
                          2);
  builder.finish(node, results.at(1));  // the first are the last states
}

void resize(Builder& builder, const Node& node, std::vector<OnnxAttribute> attributes) {
  builder.finish(node, "Resize",
                 {builder.input(node, "self"), "", "", builder.add_shape(*node.output())},
                 std::move(attributes));
}

void nearest(Builder& builder, const Node& node) {
  resize(builder, node,
         {{"mode", std::string("nearest")},
          {"coordinate_transformation_mode", std::string("asymmetric")},
          {"nearest_mode", std::string("floor")}});
}

std::string coordinates(const Builder& builder, const Node& node) {
  return builder.constant(node, "align_corners").toBool() ? "align_corners" : "half_pixel";
}

void bilinear(Builder& builder, const Node& node) {
  resize(builder, node,
         {{"mode", std::string("linear")},
          {"coordinate_transformation_mode", coordinates(builder, node)}});
}

void bicubic(Builder& builder, const Node& node) {
  constexpr float kPyTorchs = -0.75F;
  resize(builder, node,
         {{"mode", std::string("cubic")},
          {"coordinate_transformation_mode", coordinates(builder, node)},
          {"cubic_coeff_a", kPyTorchs}});
}

}  // namespace

OnnxConversion onnx_layer_conversion(const std::string& op) {
  static const std::map<std::string, OnnxConversion> table = {
      {"aten::_convolution", convolution},
      {"aten::batch_norm", batch_norm},
      {"aten::layer_norm", layer_norm},
      {"aten::max_pool2d", max_pool},
      {"aten::mean", mean},
      {"aten::sum", sum},
      {"aten::upsample_nearest2d", nearest},
      {"aten::upsample_bilinear2d", bilinear},
      {"aten::upsample_bicubic2d", bicubic},
      {"aten::group_norm", group_norm},
      {"aten::amax", maximum},
      {"aten::adaptive_avg_pool2d", adaptive_mean},
      {"selective_scan", selective_scan},
  };
  const auto found = table.find(op);
  return found != table.end() ? found->second : nullptr;
}

}  // namespace mote::learned
