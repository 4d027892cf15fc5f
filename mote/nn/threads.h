#pragma once

#include <cstdint>

namespace mote::nn {

/// Lets libtorch use `threads` processors; 0: as many as the process may run on. libtorch by itself
/// may use one (docs/dependencies.md).
void set_threads(int64_t threads);

}  // namespace mote::nn
