#include "mote/simulate/simulation_presets.h"

#include <algorithm>
#include <array>

#include "mote/simulate/microscope_presets.h"
#include "mote/simulate/world_presets.h"

namespace mote::simulate {
namespace {

// Scattering at high angles from gold's by Z^1.7 and the number of atoms in a nm^3: 59.0 of gold,
// 66.2 of platinum, 31.9 TiO2 of rutile. In bright field platinum is taken for gold, its neighbour;
// titania has an inelastic mean free path and a mean inner potential of light oxides, rounded.
constexpr std::array<NamedMaterial, 3> kMaterials{{
    {"gold", kGold},
    {"platinum",
     {.inner_potential_v = kGold.inner_potential_v,
      .mean_free_path_nm = kGold.mean_free_path_nm,
      .haadf_scatter_per_nm = 0.022,
      .crystal = kGold.crystal}},
    {"titania",
     {.inner_potential_v = 16, .mean_free_path_nm = 110, .haadf_scatter_per_nm = 0.0017}},
}};

Material material_of(const SpeciesOptions& species) {
  const auto* const found =
      std::find_if(kMaterials.begin(), kMaterials.end(),
                   [&](const NamedMaterial& known) { return known.name == species.name; });
  return found != kMaterials.end() ? found->material : kGold;
}

/// `world` under a microscope that was tuned at another pixel size and exposure: what is seen of a
/// pixel, its electrons included, stays.
SimulationOptions joined(const WorldOptions& world, std::string_view microscope) {
  SimulationOptions out{
      .world = world, .microscope = microscope_preset(microscope), .materials = {}};
  for (const SpeciesOptions& species : world.species) {
    out.materials.push_back(material_of(species));
  }
  BeamOptions& beam = out.microscope.beam;
  beam.dose_e_per_a2_s *= beam.exposure_s / world.exposure_s;
  out.world.pixel_size_nm = out.microscope.view.pixel_size_nm;
  set_pixel_size(out, world.pixel_size_nm);
  out.world.particles = world.particles;
  return out;
}

struct Join {
  std::string_view world;
  std::string_view microscope;
};

constexpr Join kJoins[] = {
    {"low-dose", "low-dose"},
    {"haadf", "haadf"},
    {"liquid-cell", "liquid-cell"},
};

}  // namespace

std::span<const std::string_view> simulation_presets() {
  return world_presets();
}

std::optional<SimulationOptions> simulation_preset(std::string_view name) {
  const std::optional<WorldOptions> world = world_preset(name);
  if (!world) {
    return std::nullopt;
  }
  for (const Join& join : kJoins) {
    if (join.world == name) {
      return joined(*world, join.microscope);
    }
  }
  return joined(*world, "sintering");
}

SimulationOptions default_simulation() {
  return joined({}, "sintering");
}

std::span<const NamedMaterial> materials() {
  return kMaterials;
}

}  // namespace mote::simulate
