#pragma once

#include <cstdint>

#include "mote/core/grid.h"

namespace mote::simulate {

/// The specimen's support as the camera sees it without particles: grey, a little uneven in its
/// illumination, with a texture that is fixed to the specimen and moves with it.
class Support {
 public:
  /// `farthest_px`: no drift asked for later exceeds it on either axis.
  Support(uint64_t seed, Size field, double farthest_px);

  /// Grey levels of the field with the specimen moved by `drift`.
  Grid<float> seen(Point drift) const;

 private:
  Size field_;
  int64_t margin_px_;
  Grid<float> texture_;       // relative brightness, margin_px_ larger than the field all round
  Grid<float> illumination_;  // grey levels
};

}  // namespace mote::simulate
