#pragma once

#include <span>
#include <vector>

#include "mote/core/grid.h"
#include "mote/simulate/layer.h"
#include "mote/simulate/world.h"

namespace mote::simulate {

/// Draws a world at `time_s` as LayersAt asks for it: each species has a layer on the upper face,
/// one in the middle of the film and one on the lower face, as far as it has particles there.
/// `materials` are those of the species. A particle out of diffraction contrast keeps its
/// thickness, and with it its phase and its HAADF signal; a negative Bragg loss gives back what it
/// no longer scatters out of the bright-field image, so that -ln of its intensity is `contrast`
/// times what it was.
///
/// Throws kUsage unless there is a material for each species.
void draw_layers(World& world, double time_s, Box box, std::span<const Material> materials,
                 std::vector<Layer>& layers);

/// The same of `bodies` of a world of `options`, which bodies_at() gave: needs no world, so that
/// many threads may draw at once.
void draw_layers(std::span<const SeenBody> bodies, const WorldOptions& options, Box box,
                 std::span<const Material> materials, std::vector<Layer>& layers);

}  // namespace mote::simulate
