#include "mote/imaging/lone_pixels.h"

namespace mote::imaging {

LonePixels lone_pixels(const Grid<float>& image) {
  LonePixels out;
  for (int64_t y = 0; y < image.height(); ++y) {
    const float* row = image.row(y);
    const float* above = y > 0 ? image.row(y - 1) : nullptr;
    const float* below = y + 1 < image.height() ? image.row(y + 1) : nullptr;
    for (int64_t x = 0; x < image.width(); ++x) {
      const float value = row[x];
      if (value == 0) {
        continue;
      }
      ++out.nonzero;
      const bool together =
          (x > 0 && row[x - 1] == value) || (x + 1 < image.width() && row[x + 1] == value) ||
          (above != nullptr && above[x] == value) || (below != nullptr && below[x] == value);
      out.lone += together ? 0 : 1;
    }
  }
  return out;
}

}  // namespace mote::imaging
