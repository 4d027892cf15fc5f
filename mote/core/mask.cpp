#include "mote/core/mask.h"

#include <algorithm>
#include <cmath>

#include "mote/core/runs.h"

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
    for_label_runs(row, labels.width(), [&](int32_t label, int64_t begin, int64_t end) {
      masks[label].runs.push_back({.y = static_cast<int32_t>(y),
                                   .x = static_cast<int32_t>(begin),
                                   .length = static_cast<int32_t>(end - begin)});
    });
  }
  return masks;
}

int64_t common_px(const Mask& mask, Point shift, const Mask& other) {
  const auto dy = static_cast<int64_t>(std::lround(shift.y_px));
  const auto dx = static_cast<int64_t>(std::lround(shift.x_px));
  int64_t common = 0;
  auto at = other.runs.begin();
  for (const Run& run : mask.runs) {
    const int64_t y = run.y + dy;
    const int64_t x = run.x + dx;
    const auto ends_before = [&](const Run& r) {
      return r.y < y || (r.y == y && int64_t{r.x} + r.length <= x);
    };
    while (at != other.runs.end() && ends_before(*at)) {
      ++at;
    }
    for (auto r = at; r != other.runs.end() && r->y == y && r->x < x + run.length; ++r) {
      common += std::min(x + run.length, int64_t{r->x} + r->length) - std::max<int64_t>(x, r->x);
    }
  }
  return common;
}

std::optional<Run> part_within(const Run& run, Size size) {
  const int64_t begin = std::max<int64_t>(0, run.x);
  const int64_t end = std::min<int64_t>(size.width, int64_t{run.x} + run.length);
  if (run.y < 0 || run.y >= size.height || begin >= end) {
    return std::nullopt;
  }
  return Run{
      .y = run.y, .x = static_cast<int32_t>(begin), .length = static_cast<int32_t>(end - begin)};
}

void paint(LabelImage& labels, const Mask& mask, int32_t label) {
  for (const Run& run : mask.runs) {
    if (const std::optional<Run> part = part_within(run, labels.size())) {
      std::fill_n(labels.row(part->y) + part->x, part->length, label);
    }
  }
}

}  // namespace mote
