#pragma once

#include <cmath>
#include <numbers>

namespace mote {

/// Diameter of the disc of area `area_px2` (ISO 9276-6).
inline double equivalent_diameter_px(double area_px2) {
  return 2 * std::sqrt(area_px2 / std::numbers::pi);
}

/// Radius of the disc of area `area_px2`.
inline double equivalent_radius_px(double area_px2) {
  return std::sqrt(area_px2 / std::numbers::pi);
}

}  // namespace mote
