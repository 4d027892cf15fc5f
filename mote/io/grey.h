#pragma once

#include <cstdint>

namespace mote::io {

/// Turns one row of interleaved colour into grey by luma, Y = 0.299 R + 0.587 G + 0.114 B, rounded
/// to the nearest whole number for integers and computed exactly, so that R = G = B stays as it is.
///
/// ITU-R Recommendation BT.601-7 (2011), sec. 2.5.1.
///
/// `samples_per_pixel` is 3 or more: the first three samples are red, green and blue; the others,
/// such as alpha, are ignored. `grey` may be `colour` itself.
void grey_row(const uint8_t* colour, int64_t pixels, int64_t samples_per_pixel, uint8_t* grey);
void grey_row(const uint16_t* colour, int64_t pixels, int64_t samples_per_pixel, uint16_t* grey);
void grey_row(const float* colour, int64_t pixels, int64_t samples_per_pixel, float* grey);

}  // namespace mote::io
