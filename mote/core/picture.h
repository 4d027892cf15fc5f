#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/grid.h"

namespace mote {

struct Rgb {
  uint8_t r = 0;
  uint8_t g = 0;
  uint8_t b = 0;

  bool operator==(const Rgb&) const = default;
};

/// An 8-bit colour picture to look at; never a measurement.
using Picture = Grid<Rgb>;

}  // namespace mote
