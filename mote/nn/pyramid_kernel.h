#pragma once

#include <cstdint>

namespace mote::nn {

/// An image in memory, pixel by pixel: (height, width, channels).
struct PixelMap {
  const float* values = nullptr;
  int64_t height = 0;
  int64_t width = 0;
  int64_t channels = 0;  ///< a multiple of 16
};

/// Sums and sums of squares of each channel, in float64: (channels) each.
void channel_sums(const PixelMap& image, double* sums, double* squares);

/// max(0, image * scale + shift), channel by channel, resized bilinearly with corners on corners to
/// height x width, plus `added` (height, width, channels) where given -> out of that shape.
void rectified_and_resized(const PixelMap& image, const float* scale, const float* shift,
                           const float* added, int64_t height, int64_t width, float* out);

}  // namespace mote::nn
