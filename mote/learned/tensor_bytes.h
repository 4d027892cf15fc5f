#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <torch/types.h>

#include "mote/core/bytes.h"

namespace mote::learned {

/// Appends named tensors of int64 or float32 to saved bytes.
void put_tensors(ByteWriter& out,
                 const std::vector<std::pair<std::string, torch::Tensor>>& tensors);

/// Takes them off again. Throws kBadFile where the bytes do not hold what they claim.
std::map<std::string, torch::Tensor> get_tensors(ByteReader& in);

}  // namespace mote::learned
