#pragma once

#include <array>
#include <string>

#include "mote/core/grid.h"

namespace mote::data {

/// One of the eight ways to lay an image down without resampling it: turned counter-clockwise by
/// quarters, then mirrored left to right.
struct Orientation {
  int quarter_turns = 0;  ///< 0 to 3
  bool mirrored = false;

  bool operator==(const Orientation&) const = default;
};

/// All eight, the image as it is first.
std::array<Orientation, 8> orientations();

/// `as it is`, `turned by 90 degrees`, `mirrored`, `turned by 90 degrees and mirrored`, ...
std::string name(Orientation orientation);

/// The size of an image of `size` laid so.
Size oriented(Size size, Orientation orientation);

/// Where pixel (y, x) of the laid image lies in the image of `size` itself.
struct Pixel {
  int64_t y = 0;
  int64_t x = 0;
};
Pixel original(Pixel laid, Size size, Orientation orientation);

/// The box in the image of `size` that a box of the laid image shows.
Box original(Box laid, Size size, Orientation orientation);

/// The image laid so.
template <typename T>
Grid<T> oriented(const Grid<T>& image, Orientation orientation) {
  Grid<T> laid = Grid<T>::unfilled(oriented(image.size(), orientation));
  for (int64_t y = 0; y < laid.height(); ++y) {
    for (int64_t x = 0; x < laid.width(); ++x) {
      const Pixel from = original(Pixel{y, x}, image.size(), orientation);
      laid(y, x) = image(from.y, from.x);
    }
  }
  return laid;
}

}  // namespace mote::data
