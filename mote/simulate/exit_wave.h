#pragma once

#include "mote/core/grid.h"
#include "mote/simulate/wave_filter.h"

namespace mote::simulate {

/// out = exp(-absorption + i phase) for absorptions of 0 or more and phases of up to +-50 rad, to
/// 2e-6 and the same on every machine. All have one size.
void write_exit_wave(const Grid<float>& absorption, const Grid<float>& phase, Wave& out);

}  // namespace mote::simulate
