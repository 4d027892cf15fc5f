#pragma once

#include "mote/learned/onnx_file.h"
#include "mote/learned/trace.h"

namespace mote::learned {

/// What a function computes as an ONNX graph, for inputs of the samples' shapes but for a size that
/// is open. Such a function is traced with two sizes, and what differs between the two follows the
/// size. Throws as `traced`; kUnsupported, with its name, for an operator that mote does not
/// convert, or that does something else for another size.
OnnxGraph onnx_graph(const Traceable& function);

}  // namespace mote::learned
