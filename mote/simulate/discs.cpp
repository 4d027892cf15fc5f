#include "mote/simulate/discs.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace mote::simulate {
namespace {

/// Squared distance from the outline along a tangent; negative inside.
double power(const Disc& disc, double y, double x) {
  const double dy = y - disc.centre.y_px;
  const double dx = x - disc.centre.x_px;
  return dy * dy + dx * dx - disc.radius_px * disc.radius_px;
}

template <typename Inside>
Mask rasterise(const std::vector<Disc>& discs, Size size, const Inside& inside) {
  double y_low = 1e300;
  double y_high = -1e300;
  double x_low = 1e300;
  double x_high = -1e300;
  for (const Disc& disc : discs) {
    y_low = std::min(y_low, disc.centre.y_px - disc.radius_px);
    y_high = std::max(y_high, disc.centre.y_px + disc.radius_px);
    x_low = std::min(x_low, disc.centre.x_px - disc.radius_px);
    x_high = std::max(x_high, disc.centre.x_px + disc.radius_px);
  }
  const auto from = [](double low) { return std::max<int64_t>(0, std::llround(std::floor(low))); };
  const auto to = [](double high, int64_t end) {
    return std::min<int64_t>(end - 1, std::llround(std::ceil(high)));
  };
  Box box{.y = from(y_low), .x = from(x_low)};
  box.height = to(y_high, size.height) + 1 - box.y;
  box.width = to(x_high, size.width) + 1 - box.x;
  return mask_where(box, [&](int64_t y, int64_t x) {
    return inside(static_cast<double>(y), static_cast<double>(x));
  });
}

}  // namespace

DiscPair measure(const Disc& a, const Disc& b) {
  const double dy = b.centre.y_px - a.centre.y_px;
  const double dx = b.centre.x_px - a.centre.x_px;
  const double d = std::hypot(dy, dx);
  const double ra = a.radius_px;
  const double rb = b.radius_px;
  DiscPair pair;
  pair.distance_px = d;
  pair.part_a_px = std::numbers::pi * ra * ra;
  pair.part_b_px = std::numbers::pi * rb * rb;

  double along_a = 0;  // centroids of the parts along the axis, from a's centre
  double along_b = d;
  if (d <= std::abs(ra - rb)) {
    (ra < rb ? pair.part_a_px : pair.part_b_px) = 0;
    pair.half_chord_px = std::min(ra, rb);
    pair.neck_ratio = 1;
  } else if (d < ra + rb) {
    const double from_a = (d * d + ra * ra - rb * rb) / (2 * d);
    const double from_b = d - from_a;
    const double h = std::sqrt(std::max(0.0, ra * ra - from_a * from_a));
    pair.part_a_px -= ra * ra * std::acos(std::clamp(from_a / ra, -1.0, 1.0)) - from_a * h;
    pair.part_b_px -= rb * rb * std::acos(std::clamp(from_b / rb, -1.0, 1.0)) - from_b * h;
    const double moment = 2.0 / 3.0 * h * h * h;  // of the segment cut off, about its disc's centre
    along_a -= moment / pair.part_a_px;
    along_b += moment / pair.part_b_px;
    const bool waist = from_a > 0 && from_b > 0;
    pair.half_chord_px = waist ? h : std::min(ra, rb);
    pair.neck_ratio = pair.half_chord_px / std::min(ra, rb);
  }
  const auto on_axis = [&](double along) {
    const double share = d > 0 ? along / d : 0;
    return Point{.y_px = a.centre.y_px + share * dy, .x_px = a.centre.x_px + share * dx};
  };
  const double total = pair.part_a_px + pair.part_b_px;
  pair.centroid_a = on_axis(along_a);
  pair.centroid_b = on_axis(along_b);
  pair.centroid = on_axis((pair.part_a_px * along_a + pair.part_b_px * along_b) / total);
  return pair;
}

double conserving_scale(double radius_a_px, double radius_b_px, double distance_px) {
  const double sum_of_squares = radius_a_px * radius_a_px + radius_b_px * radius_b_px;
  double low = 1;
  double high = std::sqrt(sum_of_squares) / std::max(radius_a_px, radius_b_px);
  for (int step = 0; step < 50; ++step) {
    const double scale = 0.5 * (low + high);
    const DiscPair pair = measure({.centre = {}, .radius_px = scale * radius_a_px},
                                  {.centre = {0, distance_px}, .radius_px = scale * radius_b_px});
    const bool too_small = pair.part_a_px + pair.part_b_px < std::numbers::pi * sum_of_squares;
    (too_small ? low : high) = scale;
  }
  return high;
}

Mask mask_of(const std::vector<Disc>& discs, Size size) {
  return rasterise(discs, size, [&](double y, double x) {
    return std::any_of(discs.begin(), discs.end(),
                       [&](const Disc& disc) { return power(disc, y, x) <= 0; });
  });
}

Mask part_mask_of(const Disc& own, const Disc& other, Size size) {
  return rasterise({own}, size, [&](double y, double x) {
    const double inside = power(own, y, x);
    return inside <= 0 && inside < power(other, y, x);
  });
}

}  // namespace mote::simulate
