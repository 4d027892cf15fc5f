#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/mask.h"
#include "mote/simulate/world.h"

namespace mote::simulate {

/// One particle in one frame, as it truly is.
struct WorldInstance {
  int32_t track = 0;
  int32_t species = 0;
  Face face = Face::kAbove;
  Point centre;          ///< of mass of the whole particle, also of what lies outside the field
  double radius_nm = 0;  ///< of the sphere of equal volume
  double volume_nm3 = 0;
  double neck_ratio = 0;  ///< of the pair that it is, or is one half of; 0 of a single particle
  double contrast = 1;
  bool dark = false;  ///< out of contrast: not in the label image
  Mask mask;          ///< what lies in the field, also where another particle lies over it
};

/// What the camera sees of `body`: the particle, or two halves, cut apart at their neck, of a pair
/// whose neck has not yet merge_neck_ratio of the smaller diameter. Only those of which a pixel is
/// in the field, each after the particle that it is; none has a track yet.
std::vector<std::pair<int64_t, WorldInstance>> instances_of(const SeenBody& body,
                                                            const WorldOptions& options);

/// When, after `before_s` and at the latest at `after_s`, the mask of a particle, or of a pair, has
/// its first pixel (`comes`), or has lost the last; to 1e-12 of the time between.
double time_of_change_s(World& world, int64_t particle, double before_s, double after_s,
                        bool comes);

/// Whether the mask has a pixel in the outermost rows or columns of a field of `size`.
bool touches_border(const Mask& mask, Size size);

}  // namespace mote::simulate
