#pragma once

#include <cstdint>

#include "mote/core/grid.h"

namespace mote::data {

/// Where an image of size `second`, moved by (y, x), lies on one of size `first`; may be empty.
Box overlap(Size first, Size second, int64_t y, int64_t x);

/// Correlation coefficient of two noise images (Fingerprint::noise) where the second is moved by
/// (y, x); 0 where they do not overlap.
double noise_correlation(const Grid<int8_t>& first, const Grid<int8_t>& second, int64_t y,
                         int64_t x);

/// The same of images of one size at no shift, over what chance makes of it: its rms at 36 shifts
/// of 5 to 11 px, and no less than that of white noise.
double noise_ratio(const Grid<int8_t>& first, const Grid<int8_t>& second);

}  // namespace mote::data
