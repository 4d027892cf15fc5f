#pragma once

#include <cstdint>

#include "mote/core/grid.h"

namespace mote::imaging {

/// How far an image is from one of few even areas, as masks and label images are.
struct LonePixels {
  int64_t nonzero = 0;
  int64_t lone = 0;  ///< of these, pixels of which no 4-neighbour has the same value
};

/// Counts them: next to none are lone in a mask or label image, most in a photograph.
LonePixels lone_pixels(const Grid<float>& image);

}  // namespace mote::imaging
