#pragma once

#include "mote/core/error.h"

namespace mote::track {

/// Throws kBadFile: what was read as a drift estimator's state cannot be one.
[[noreturn]] inline void refuse_drift_state() {
  throw Error(ErrorKind::kBadFile, "drift state is damaged or of another version");
}

}  // namespace mote::track
