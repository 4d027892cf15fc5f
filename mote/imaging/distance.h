#pragma once

#include "mote/core/grid.h"

namespace mote::imaging {

/// Distance of every non-zero pixel's centre to the nearest pixel centre that is zero, in px,
/// exactly. Beyond the border nothing is known: it is neither zero nor non-zero.
///
/// Meijster, Roerdink and Hesselink, "A general algorithm for computing distance transforms in
/// linear time", Mathematical Morphology and its Applications to Image and Signal Processing 2000
/// (doi:10.1007/0-306-47025-X_36); we take their second phase over the runs of a row alone, since
/// the zeros at a run's ends are nearer than all beyond them.
Grid<float> distance_to_background(const BinaryImage& mask);

}  // namespace mote::imaging
