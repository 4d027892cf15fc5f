#include "mote/simulate/world_layers.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "mote/core/error.h"
#include "mote/simulate/crystals.h"
#include "mote/simulate/raster.h"

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

/// Makes `grid` one of zeros of `size`, in the memory that it has.
void clear(Grid<float>& grid, Size size) {
  if (grid.size() != size) {
    grid = Grid<float>(size);
  } else {
    std::fill(grid.values().begin(), grid.values().end(), 0.0F);
  }
}

/// Where the crystal of a body is: a pair shows that of the larger particle.
CrystalDisc disc_of(const SeenBody& body, const GridPlace& place) {
  PositionNm at = std::visit([](const auto& shape) { return shape.centre; }, body.body);
  double radius_nm = body.radius_nm;
  if (const auto* pair = std::get_if<Pair>(&body.body)) {
    at.y_nm -= pair->shape.centre_of_mass_nm * pair->axis[0];
    at.x_nm -= pair->shape.centre_of_mass_nm * pair->axis[1];
    radius_nm = pair->shape.radius_a_nm;
  }
  return {.y_px = (at.y_nm - place.y_nm) / place.pixel_size_nm,
          .x_px = (at.x_nm - place.x_nm) / place.pixel_size_nm,
          .radius_px = radius_nm / place.pixel_size_nm};
}

/// Thickness, Bragg loss and fringes of all `bodies` of one species on one face.
void draw(std::span<const SeenBody* const> bodies, const GridPlace& place, Size size,
          Layer& layer) {
  const double lost_per_nm =
      layer.material.mean_free_path_nm > 0 ? 1 / layer.material.mean_free_path_nm : 0;
  clear(layer.thickness_nm, size);
  for (Grid<float>* grid : {&layer.bragg_loss, &layer.fringes}) {
    if (!grid->empty()) {
      clear(*grid, size);  // one that was needed once is kept, since its memory is dear
    }
  }
  for (const SeenBody* body : bodies) {
    add_thickness(body->body, place, layer.thickness_nm, 1, body->unevenness);
  }
  for (const SeenBody* body : bodies) {
    if (body->contrast == 1) {
      add_crystal(body->crystal, disc_of(*body, place), place.pixel_size_nm, layer);
      continue;
    }
    if (layer.bragg_loss.empty()) {
      layer.bragg_loss = Grid<float>(size);
    }
    add_thickness(body->body, place, layer.bragg_loss, (body->contrast - 1) * lost_per_nm,
                  body->unevenness);
  }
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
      std::vector<const SeenBody*> here;
      for (const SeenBody& body : bodies) {
        if (body.species == static_cast<int32_t>(species) && body.face == face) {
          here.push_back(&body);
        }
      }
      if (here.empty()) {
        continue;
      }
      if (used == layers.size()) {
        layers.emplace_back();
      }
      Layer& layer = layers[used++];
      layer.material = materials[species];
      layer.z_nm = height_nm(face, options.film_thickness_nm);
      draw(here, place, box.size(), layer);
    }
  }
  layers.resize(used);
}

}  // namespace mote::simulate
