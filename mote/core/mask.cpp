#include "mote/core/mask.h"

#include <algorithm>

namespace mote {

int64_t Mask::area_px() const {
  int64_t area = 0;
  for (const Run& run : runs) {
    area += run.length;
  }
  return area;
}

Box Mask::bounds() const {
  if (runs.empty()) {
    return {};
  }
  int32_t x_begin = runs.front().x;
  int32_t x_end = x_begin;
  for (const Run& run : runs) {
    x_begin = std::min(x_begin, run.x);
    x_end = std::max(x_end, run.x + run.length);
  }
  return {.y = runs.front().y,
          .x = x_begin,
          .height = runs.back().y - runs.front().y + 1,
          .width = x_end - x_begin};
}

std::map<int32_t, Mask> masks_of(const LabelImage& labels) {
  std::map<int32_t, Mask> masks;
  for (int64_t y = 0; y < labels.height(); ++y) {
    const int32_t* row = labels.row(y);
    int64_t x = 0;
    while (x < labels.width()) {
      const int32_t label = row[x];
      const int64_t begin = x;
      while (x < labels.width() && row[x] == label) {
        ++x;
      }
      if (label != 0) {
        masks[label].runs.push_back({.y = static_cast<int32_t>(y),
                                     .x = static_cast<int32_t>(begin),
                                     .length = static_cast<int32_t>(x - begin)});
      }
    }
  }
  return masks;
}

void paint(LabelImage& labels, const Mask& mask, int32_t label) {
  for (const Run& run : mask.runs) {
    if (run.y < 0 || run.y >= labels.height()) {
      continue;
    }
    const int64_t begin = std::max<int64_t>(0, run.x);
    const int64_t end = std::min<int64_t>(labels.width(), int64_t{run.x} + run.length);
    if (begin < end) {
      std::fill(labels.row(run.y) + begin, labels.row(run.y) + end, label);
    }
  }
}

}  // namespace mote
