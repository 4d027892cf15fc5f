#pragma once

#include <string>

#include "mote/core/weights.h"

namespace mote::io {

/// Reads the weights in a file, whose format its leading bytes tell: safetensors, or a PyTorch
/// checkpoint (`.pt`, `.pth`) of dicts, lists, tensors, numbers and texts. Nothing of it is run.
///
/// Throws with the path in front: kUnsupported for other formats, PyTorch's tar files of before
/// 0.1.10 among them; otherwise as the format's own reader.
Weights read_weights(const std::string& path);

}  // namespace mote::io
