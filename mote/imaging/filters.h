#pragma once

#include "mote/core/grid.h"

namespace mote::imaging {

/// `image` smoothed by a Gaussian of `sigma_px`, cut off at 4 sigma, border pixels repeated;
/// `image` itself where sigma is 0.
Grid<float> gaussian(const Grid<float>& image, double sigma_px);

/// `image` less its slowly varying background, plus the background's mean level: what remains is
/// even on the scale of `scale_px` and longer.
///
/// The background is a Gaussian of sigma `scale_px` over the medians of small blocks, leaving out
/// `excluded` (which may be empty) and particles: blocks farther from the estimate than 2.5 robust
/// standard deviations and than a fifth of the image's contrast, and so again until it settles.
Grid<float> flattened(const Grid<float>& image, const BinaryImage& excluded, double scale_px);

/// The means of 2 x 2 pixels; an odd last row or column is left out.
Grid<float> halved(const Grid<float>& image);

/// Non-zero where any of 2 x 2 pixels is.
BinaryImage halved(const BinaryImage& mask);

}  // namespace mote::imaging
