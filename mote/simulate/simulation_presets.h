#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "mote/simulate/layer.h"
#include "mote/simulate/simulation_options.h"

namespace mote::simulate {

/// Names of the presets, in the order in which help lists them: those of the worlds.
std::span<const std::string_view> simulation_presets();

/// A world with the microscope that suits it (docs/simulation.md, Presets), or nothing where there
/// is no preset of that name.
std::optional<SimulationOptions> simulation_preset(std::string_view name);

/// A world at its defaults under the microscope of `sintering`.
SimulationOptions default_simulation();

/// What is known under a name: `gold`, `platinum`, `titania`.
struct NamedMaterial {
  std::string_view name;
  Material material;
};
std::span<const NamedMaterial> materials();

}  // namespace mote::simulate
