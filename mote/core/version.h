#pragma once

namespace mote {

/// `0.1.0`, from CMake.
const char* version();

}  // namespace mote
