#include "mote/io/grey.h"

namespace mote::io {
namespace {

uint32_t luma(uint32_t red, uint32_t green, uint32_t blue) {
  return (299 * red + 587 * green + 114 * blue + 500) / 1000;
}

// A constant stride lets the compiler vectorise the two that occur.
template <int64_t kStride, typename T>
void convert(const T* colour, int64_t pixels, T* grey) {
  for (int64_t i = 0; i < pixels; ++i) {
    const T* sample = colour + i * kStride;
    grey[i] = static_cast<T>(luma(sample[0], sample[1], sample[2]));
  }
}

template <typename T>
void convert(const T* colour, int64_t pixels, int64_t samples_per_pixel, T* grey) {
  if (samples_per_pixel == 3) {
    return convert<3>(colour, pixels, grey);
  }
  if (samples_per_pixel == 4) {
    return convert<4>(colour, pixels, grey);
  }
  for (int64_t i = 0; i < pixels; ++i) {
    const T* sample = colour + i * samples_per_pixel;
    grey[i] = static_cast<T>(luma(sample[0], sample[1], sample[2]));
  }
}

}  // namespace

void grey_row(const uint8_t* colour, int64_t pixels, int64_t samples_per_pixel, uint8_t* grey) {
  convert(colour, pixels, samples_per_pixel, grey);
}

void grey_row(const uint16_t* colour, int64_t pixels, int64_t samples_per_pixel, uint16_t* grey) {
  convert(colour, pixels, samples_per_pixel, grey);
}

void grey_row(const float* colour, int64_t pixels, int64_t samples_per_pixel, float* grey) {
  for (int64_t i = 0; i < pixels; ++i) {
    const float* sample = colour + i * samples_per_pixel;
    const double red = sample[0];
    const double green = sample[1];
    const double blue = sample[2];
    grey[i] = red == green && green == blue
                  ? sample[0]
                  : static_cast<float>(0.299 * red + 0.587 * green + 0.114 * blue);
  }
}

}  // namespace mote::io
