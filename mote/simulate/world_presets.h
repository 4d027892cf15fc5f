#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "mote/simulate/world_options.h"

namespace mote::simulate {

/// Names of the presets, in the order in which help lists them: `sintering`, `ripening`, ...
std::span<const std::string_view> world_presets();

/// The world of a preset, or nothing where there is none of that name.
std::optional<WorldOptions> world_preset(std::string_view name);

}  // namespace mote::simulate
