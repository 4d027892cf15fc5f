#include "mote/imaging/necks.h"

#include <algorithm>
#include <cmath>

#include "mote/core/disc.h"

namespace mote::imaging {
namespace {

/// How far the circle's rim is from its centre along the axis, `off_axis` from it.
double reach(double radius, double off_axis) {
  return std::sqrt(std::max(0.0, radius * radius - off_axis * off_axis));
}

/// Half the chord in which two circles cross; 0 where they do not.
double half_chord(double radius_a, double radius_b, double distance) {
  if (distance >= radius_a + radius_b) {
    return 0;
  }
  const double along =
      (distance * distance + radius_a * radius_a - radius_b * radius_b) / (2 * distance);
  return reach(radius_a, along);
}

}  // namespace

double unfilled_half_width(double half_width, double lower_radius, double higher_radius,
                           double filled_gap_px) {
  const double seen = std::min(lower_radius, half_width);
  const double distance = filled_gap_px + reach(lower_radius, seen) + reach(higher_radius, seen);
  return std::min(seen, half_chord(lower_radius, higher_radius, distance));
}

void unfill_necks(Segmentation& segmentation, double filled_gap_px) {
  for (Neck& neck : segmentation.necks) {
    if (neck.ratio <= 0) {
      continue;
    }
    const double lower = neck.width_px / 2 / neck.ratio;
    const double area_px = std::max(segmentation.regions[static_cast<size_t>(neck.a) - 1].area_px,
                                    segmentation.regions[static_cast<size_t>(neck.b) - 1].area_px);
    const double higher = std::max(lower, equivalent_radius_px(area_px));
    const double half_width = unfilled_half_width(neck.width_px / 2, lower, higher, filled_gap_px);
    neck.width_px = 2 * half_width;
    neck.ratio = half_width / lower;
  }
}

}  // namespace mote::imaging
