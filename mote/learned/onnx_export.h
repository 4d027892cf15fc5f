#pragma once

#include <torch/csrc/jit/api/module.h>

#include "mote/learned/onnx_file.h"
#include "mote/learned/trace.h"

namespace mote::learned {

/// What a traced function computes as an ONNX graph, for inputs of the shapes that it was traced
/// with. Throws kUnsupported, with its name, for an operator that mote does not convert.
OnnxGraph onnx_graph(const torch::jit::Module& traced_module, const Traceable& function);

}  // namespace mote::learned
