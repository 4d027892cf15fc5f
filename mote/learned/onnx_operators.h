#pragma once

#include "mote/learned/onnx_builder.h"

namespace mote::learned {

/// Adds what an operator of ATen computes to the graph (github.com/onnx/onnx, docs/Operators.md,
/// set 17).
using OnnxConversion = void (*)(OnnxBuilder& builder, const torch::jit::Node& node);

/// By the operator's name: `aten::conv2d`. Null where mote converts none of that name.
OnnxConversion onnx_conversion(const std::string& op);

/// Layers of networks: convolutions, norms, pooling, resizing, scans; null likewise.
OnnxConversion onnx_layer_conversion(const std::string& op);

/// Operators that move numbers without computing; null likewise.
OnnxConversion onnx_shape_conversion(const std::string& op);

}  // namespace mote::learned
