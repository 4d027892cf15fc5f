#pragma once

#include <string>

#include <torch/types.h>

namespace mote::learned {

/// `cpu`, `cuda`, `cuda:N`. Throws kUsage for another name, kUnsupported where it is not there.
torch::Device device_by_name(const std::string& name);

}  // namespace mote::learned
