#pragma once

#include <string>
#include <string_view>

#include "mote/core/weights.h"

namespace mote::io {

/// True where `leading_bytes` begin a file that torch.save wrote before PyTorch 1.6.
bool looks_like_torch_legacy(std::string_view leading_bytes);

/// Reads the tensors of such a file (torch/serialization.py, _legacy_save): five pickles, one after
/// the other, then the numbers of every storage. Names are as in TorchTensor. The numbers stay in
/// the file, which is mapped into memory.
///
/// Throws kBadFile where it is damaged; kUnsupported for big-endian numbers and for what a state
/// dict does not need.
Weights read_torch_legacy(const std::string& path);

}  // namespace mote::io
