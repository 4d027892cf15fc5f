#pragma once

#include "mote/core/grid.h"

namespace mote::imaging {

/// `image` smoothed by a Gaussian of `sigma_px`, cut off at 4 sigma, border pixels repeated;
/// `image` itself where sigma is 0.
Grid<float> gaussian(const Grid<float>& image, double sigma_px);

/// `image` less its slowly varying background, plus the background's mean level: what remains is
/// even on the scale of `scale_px` and longer.
///
/// The background is a Gaussian of sigma `scale_px` over the pixels that belong to neither a
/// particle nor `excluded`: those farther than 2.5 robust standard deviations from the estimate are
/// left out, and the estimate is made again. Particles up to about `scale_px` across leave it
/// unbiased; larger ones are flattened away. `excluded` may be empty.
Grid<float> flattened(const Grid<float>& image, const BinaryImage& excluded, double scale_px);

}  // namespace mote::imaging
