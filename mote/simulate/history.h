#pragma once

#include "mote/simulate/demo.h"
#include "mote/simulate/plan.h"

namespace mote::simulate {

/// Fills `plan`'s roles and lineage with what its scenes come to, frame by frame, by the dates that
/// Demo defines.
void tell_history(Plan& plan, const DemoOptions& options);

}  // namespace mote::simulate
