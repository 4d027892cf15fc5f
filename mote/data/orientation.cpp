#include "mote/data/orientation.h"

#include <algorithm>

#include <fmt/format.h>

namespace mote::data {

std::array<Orientation, 8> orientations() {
  std::array<Orientation, 8> all;
  for (int i = 0; i < 8; ++i) {
    all[static_cast<size_t>(i)] = {.quarter_turns = i % 4, .mirrored = i >= 4};
  }
  return all;
}

std::string name(Orientation orientation) {
  const std::string turned = fmt::format("turned by {} degrees", 90 * orientation.quarter_turns);
  if (orientation.quarter_turns == 0) {
    return orientation.mirrored ? "mirrored" : "as it is";
  }
  return orientation.mirrored ? turned + " and mirrored" : turned;
}

Size oriented(Size size, Orientation orientation) {
  return orientation.quarter_turns % 2 == 0 ? size : Size{size.width, size.height};
}

Pixel original(Pixel laid, Size size, Orientation orientation) {
  const Size laid_size = oriented(size, orientation);
  const int64_t y = laid.y;
  const int64_t x = orientation.mirrored ? laid_size.width - 1 - laid.x : laid.x;
  switch (orientation.quarter_turns) {
    case 1: return {x, size.width - 1 - y};
    case 2: return {size.height - 1 - y, size.width - 1 - x};
    case 3: return {size.height - 1 - x, y};
    default: return {y, x};
  }
}

Box original(Box laid, Size size, Orientation orientation) {
  const Pixel a = original(Pixel{laid.y, laid.x}, size, orientation);
  const Pixel b = original(Pixel{laid.y_end() - 1, laid.x_end() - 1}, size, orientation);
  return {.y = std::min(a.y, b.y),
          .x = std::min(a.x, b.x),
          .height = std::max(a.y, b.y) + 1 - std::min(a.y, b.y),
          .width = std::max(a.x, b.x) + 1 - std::min(a.x, b.x)};
}

}  // namespace mote::data
