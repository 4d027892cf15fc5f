#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "mote/core/grid.h"
#include "tests/synthetic.h"

/// Dark-field images drawn in code: bright spheres, in electrons that a detector counts.
namespace mote::counted_electrons {

struct Look {
  double background_e = 1;  ///< electrons a pixel, mean
  double sphere_e = 10;     ///< through the middle of the first sphere; of others as their radii
  double gain = 40;         ///< grey levels an electron
  double offset = 400;      ///< grey level of none
  double readout_sd = 10;   ///< grey levels
  uint64_t seed = 1;
};

inline Grid<float> image(Size field, const std::vector<synthetic::Disc>& spheres,
                         const Look& look) {
  Grid<float> drawn(field);
  std::mt19937_64 random(look.seed);
  std::normal_distribution<double> readout(look.offset, look.readout_sd);
  for (int64_t y = 0; y < field.height; ++y) {
    for (int64_t x = 0; x < field.width; ++x) {
      double electrons = look.background_e;
      for (const synthetic::Disc& sphere : spheres) {
        const double off_px =
            std::hypot(static_cast<double>(y) - sphere.y_px, static_cast<double>(x) - sphere.x_px);
        const double chord_px2 = sphere.radius_px * sphere.radius_px - off_px * off_px;
        electrons +=
            chord_px2 > 0 ? look.sphere_e * std::sqrt(chord_px2) / spheres.front().radius_px : 0;
      }
      std::poisson_distribution<int64_t> counted(electrons);
      const double grey = look.gain * static_cast<double>(counted(random)) + readout(random);
      drawn(y, x) = static_cast<float>(grey);
    }
  }
  return drawn;
}

}  // namespace mote::counted_electrons
