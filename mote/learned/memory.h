#pragma once

#include <string>

#include "mote/core/error.h"

namespace mote::learned {

/// That `whose` memory ran out, with `advice` on how to take less, as `; a smaller --tile-px takes
/// less`.
Error out_of_memory(const std::string& whose, const std::string& advice);

/// Throws kResource, with `advice`, where `what` takes `bytes` and less is left to the process on
/// its CPU: the system would end it without a word. What libtorch and the libraries below it take
/// to work at all is added, since those do not fail in order: where they find none, OpenBLAS asks
/// for ever and oneDNN crashes.
void require_memory(double bytes, const std::string& what, const std::string& advice);

}  // namespace mote::learned
