#include "mote/io/coco_polygon.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <utility>

#include "mote/core/error.h"

namespace mote::io {
namespace {

constexpr int64_t kFifths = 5;

// As the authors round: truncated towards zero after half is added.
int64_t rounded(double value) {
  const double up = value + 0.5;
  return static_cast<int64_t>(up);
}

// A corner, in fifths of a pixel. Truncation towards zero is the authors'.
struct Corner {
  int64_t x = 0;
  int64_t y = 0;
};

Corner corner_of(const Point& point) {
  return {rounded(static_cast<double>(kFifths) * point.x_px),
          rounded(static_cast<double>(kFifths) * point.y_px)};
}

// Calls `use` with the fifths of a pixel on the way from one corner to another, both included.
template <typename Use>
void for_line(Corner from, Corner to, const Use& use) {
  const int64_t dx = std::abs(to.x - from.x);
  const int64_t dy = std::abs(to.y - from.y);
  const bool flat = dx >= dy;
  const bool backwards = flat ? from.x > to.x : from.y > to.y;
  if (backwards) {
    std::swap(from, to);
  }
  const int64_t steps = std::max(dx, dy);
  double slope = 0;
  if (steps > 0) {
    slope = static_cast<double>(flat ? to.y - from.y : to.x - from.x) / static_cast<double>(steps);
  }
  for (int64_t i = 0; i <= steps; ++i) {
    const int64_t step = backwards ? steps - i : i;
    const double along = slope * static_cast<double>(step);
    use(flat ? Corner{from.x + step, rounded(static_cast<double>(from.y) + along)}
             : Corner{rounded(static_cast<double>(from.x) + along), from.y + step});
  }
}

void require_short(const std::vector<Corner>& corners) {
  constexpr int64_t kMostSteps = 10'000'000;
  int64_t steps = 0;
  for (size_t i = 0; i < corners.size(); ++i) {
    const Corner& next = corners[(i + 1) % corners.size()];
    steps += std::max(std::abs(next.x - corners[i].x), std::abs(next.y - corners[i].y));
  }
  if (steps > kMostSteps) {
    throw Error(ErrorKind::kBadFile, "a polygon whose outline is longer than {} px",
                kMostSteps / kFifths);
  }
}

}  // namespace

ColumnChanges coco_polygon_changes(const std::vector<Point>& polygon, Size size) {
  std::vector<Corner> corners;
  corners.reserve(polygon.size());
  for (const Point& point : polygon) {
    corners.push_back(corner_of(point));
  }
  require_short(corners);
  ColumnChanges changes;
  std::optional<Corner> last;
  const auto pass = [&](const Corner& corner) {
    const Corner from = last.value_or(corner);
    last = corner;
    const int64_t left = std::min(corner.x, from.x);
    // The centre of a pixel is two fifths from its first one.
    if (corner.x == from.x || left < 2 || (left - 2) % kFifths != 0 ||
        (left - 2) / kFifths >= size.width) {
      return;
    }
    const auto upper = static_cast<double>(std::min(corner.y, from.y));
    const double y = std::clamp((upper + 0.5) / static_cast<double>(kFifths) - 0.5, 0.0,
                                static_cast<double>(size.height));
    changes.push_back((left - 2) / kFifths * size.height + static_cast<int64_t>(std::ceil(y)));
  };
  for (size_t i = 0; i < corners.size(); ++i) {
    for_line(corners[i], corners[(i + 1) % corners.size()], pass);
  }
  std::sort(changes.begin(), changes.end());
  return changes;
}

}  // namespace mote::io
