#pragma once

#include <span>
#include <vector>

#include "mote/core/grid.h"

namespace mote::measure {

/// The convex hull of `points`, without points on its sides, in order around it.
///
/// Andrew, "Another efficient algorithm for convex hulls in two dimensions", Information Processing
/// Letters 9, 1979.
std::vector<Point> convex_hull(std::vector<Point> points);

/// Area inside a polygon without crossings.
double polygon_area(std::span<const Point> polygon);

/// Least and greatest distance between two parallel lines that hold a shape between them.
struct FeretDiameters {
  double min_px = 0;
  double max_px = 0;
};

/// The Feret diameters of a convex polygon, by rotating calipers; linear in its corners.
///
/// Toussaint, "Solving geometric problems with the rotating calipers", MELECON 1983.
FeretDiameters feret_diameters(std::span<const Point> hull);

}  // namespace mote::measure
