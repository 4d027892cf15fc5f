#pragma once

#include <string>

#include <torch/nn/module.h>

#include "mote/core/network_export.h"
#include "mote/core/weights.h"
#include "mote/learned/trace.h"

namespace mote::learned {

/// What the plug-in offers (core/learned_plugin.h says what it throws).
std::string exported(const NetworkExport& what, const Weights& weights);

/// The function of `network`, or of its part, that is exported. Refers to the network.
/// Throws kUsage for a part that it does not have, kUnsupported for a network that is not exported.
Traceable traceable(torch::nn::Module& network, const NetworkExport& what);

}  // namespace mote::learned
