#pragma once

#include <string>

#include "mote/core/weights.h"

namespace mote::io {

/// Reads the tensors of a zip archive that torch.save writes since PyTorch 1.6
/// (caffe2/serialize/inline_container.h): a pickle, and every storage as an entry that is not
/// packed. Names are as in TorchTensor. The numbers stay in the file, which is mapped into memory.
///
/// Throws kBadFile where it is damaged, with the checksum of every entry that is used compared;
/// kUnsupported for TorchScript, big-endian numbers, zip files of other programs, and what a state
/// dict does not need.
Weights read_torch_zip(const std::string& path);

}  // namespace mote::io
