#include "mote/simulate/world_layers.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "mote/core/error.h"

namespace mote::simulate {
namespace {

constexpr Face kFaces[] = {Face::kAbove, Face::kInside, Face::kBelow};

double height_nm(Face face, double film_thickness_nm) {
  switch (face) {
    case Face::kAbove: return 0.5 * film_thickness_nm;
    case Face::kBelow: return -0.5 * film_thickness_nm;
    case Face::kInside: break;
  }
  return 0;
}

}  // namespace

void draw_layers(World& world, double time_s, Box box, std::span<const Material> materials,
                 std::vector<Layer>& layers) {
  draw_layers(world.bodies_at(time_s), world.options(), box, materials, layers);
}

void draw_layers(std::span<const SeenBody> bodies, const WorldOptions& options, Box box,
                 std::span<const Material> materials, std::vector<Layer>& layers) {
  if (materials.size() != options.species.size()) {
    throw Error(ErrorKind::kUsage, "{} materials for {} species", materials.size(),
                options.species.size());
  }
  const double pixel = options.pixel_size_nm;
  const GridPlace place = {.y_nm = static_cast<double>(box.y) * pixel,
                           .x_nm = static_cast<double>(box.x) * pixel,
                           .pixel_size_nm = pixel};
  size_t used = 0;
  for (size_t species = 0; species < materials.size(); ++species) {
    for (const Face face : kFaces) {
      const auto is_here = [&](const SeenBody& body) {
        return body.species == static_cast<int32_t>(species) && body.face == face;
      };
      if (std::none_of(bodies.begin(), bodies.end(), is_here)) {
        continue;
      }
      if (used == layers.size()) {
        layers.emplace_back();
      }
      Layer& layer = layers[used++];
      layer.material = materials[species];
      layer.z_nm = height_nm(face, options.film_thickness_nm);
      layer.bragg_loss = {};
      if (layer.thickness_nm.size() != box.size()) {
        layer.thickness_nm = Grid<float>(box.size());
      }
      std::fill(layer.thickness_nm.values().begin(), layer.thickness_nm.values().end(), 0.0F);
      for (const SeenBody& body : bodies) {
        if (is_here(body)) {
          add_thickness(body.body, place, layer.thickness_nm, body.contrast);
        }
      }
    }
  }
  layers.resize(used);
}

}  // namespace mote::simulate
