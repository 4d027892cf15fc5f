#include "mote/measure/convex_hull.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace mote::measure {
namespace {

/// Twice the signed area of the triangle a b c.
double cross(const Point& a, const Point& b, const Point& c) {
  return (b.x_px - a.x_px) * (c.y_px - a.y_px) - (b.y_px - a.y_px) * (c.x_px - a.x_px);
}

double distance(const Point& a, const Point& b) {
  const double dy = a.y_px - b.y_px;
  const double dx = a.x_px - b.x_px;
  return std::sqrt(dy * dy + dx * dx);
}

}  // namespace

std::vector<Point> convex_hull(std::vector<Point> points) {
  std::sort(points.begin(), points.end(), [](const Point& a, const Point& b) {
    return a.x_px != b.x_px ? a.x_px < b.x_px : a.y_px < b.y_px;
  });
  points.erase(std::unique(points.begin(), points.end()), points.end());
  if (points.size() < 3) {
    return points;
  }
  std::vector<Point> hull;
  hull.reserve(points.size() + 1);
  const auto add = [&](const Point& point, size_t keep) {
    while (hull.size() > keep && cross(hull[hull.size() - 2], hull.back(), point) <= 0) {
      hull.pop_back();
    }
    hull.push_back(point);
  };
  for (const Point& point : points) {
    add(point, 1);
  }
  const size_t lower = hull.size();
  for (size_t i = points.size() - 1; i-- > 0;) {
    add(points[i], lower);
  }
  hull.pop_back();
  return hull;
}

double polygon_area(std::span<const Point> polygon) {
  double twice = 0;
  for (size_t i = 0; i + 2 < polygon.size(); ++i) {
    twice += cross(polygon[0], polygon[i + 1], polygon[i + 2]);
  }
  return std::abs(twice) / 2;
}

FeretDiameters feret_diameters(std::span<const Point> hull) {
  const size_t n = hull.size();
  if (n < 2) {
    return {};
  }
  if (n == 2) {
    return {.min_px = 0, .max_px = distance(hull[0], hull[1])};
  }
  FeretDiameters feret;
  bool first = true;
  size_t far = 1;
  for (size_t i = 0; i < n; ++i) {
    const Point& a = hull[i];
    const Point& b = hull[(i + 1) % n];
    // At most once around: rounding must not let the farthest corner run for ever.
    for (size_t step = 0; step < n; ++step) {
      const Point& next = hull[(far + 1) % n];
      feret.max_px = std::max({feret.max_px, distance(a, hull[far]), distance(b, hull[far]),
                               distance(a, next), distance(b, next)});
      if (cross(a, b, next) <= cross(a, b, hull[far])) {
        break;
      }
      far = (far + 1) % n;
    }
    const double width = cross(a, b, hull[far]) / distance(a, b);
    feret.min_px = first ? width : std::min(feret.min_px, width);
    first = false;
  }
  return feret;
}

}  // namespace mote::measure
