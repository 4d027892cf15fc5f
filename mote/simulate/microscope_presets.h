#pragma once

#include <string_view>
#include <vector>

#include "mote/simulate/microscope.h"

namespace mote::simulate {

/// The names that `microscope_preset` knows.
std::vector<std::string_view> microscope_presets();

/// Optics, film and detector under a name, and why: docs/simulation.md, Microscopes.
/// Throws kUsage for a name that is none of `microscope_presets`.
MicroscopeOptions microscope_preset(std::string_view name);

}  // namespace mote::simulate
