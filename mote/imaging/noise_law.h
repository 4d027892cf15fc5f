#pragma once

#include "mote/core/grid.h"

namespace mote::imaging {

/// How the variance of single pixels grows with the grey level where electrons are counted:
/// `variance` at the level `background`, and `gain` more for each grey level above.
/// Foi et al., IEEE Transactions on Image Processing 17, 1737 (2008).
struct NoiseLaw {
  double background = 0;  ///< grey levels
  double variance = 0;    ///< grey levels squared; 0 where it is not known
  double gain = 0;        ///< grey levels an electron, 0 or more

  /// At the background: third central moment over the third power of the standard deviation, as
  /// counting alone makes it.
  double skewness() const;
};

/// The law of an image, from double differences at the background and at what is brighter.
/// `excluded` (which may be empty) and values that are not finite are left out.
NoiseLaw noise_law_of(const Grid<float>& image, const BinaryImage& excluded);

/// Of independent pixels after a Gaussian of `sigma_px`, how much of their standard deviation is
/// left, and how much of their skewness.
double spread_left(double sigma_px);
double skewness_left(double sigma_px);

}  // namespace mote::imaging
