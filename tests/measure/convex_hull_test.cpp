#include "mote/measure/convex_hull.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/synthetic.h"

namespace mote::measure {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

std::vector<Point> random_points(int count, uint64_t seed) {
  synthetic::Noise noise(seed);
  std::vector<Point> points;
  for (int i = 0; i < count; ++i) {
    points.push_back({noise.normal(), 2 * noise.normal()});
  }
  return points;
}

double greatest_distance(const std::vector<Point>& points) {
  double greatest = 0;
  for (const Point& a : points) {
    for (const Point& b : points) {
      greatest = std::max(greatest, std::hypot(a.y_px - b.y_px, a.x_px - b.x_px));
    }
  }
  return greatest;
}

/// The least width of `points` over directions that are 0.01 degrees apart.
double least_width(const std::vector<Point>& points) {
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 18000; ++i) {
    const double angle = std::numbers::pi * i / 18000;
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const Point& p : points) {
      const double along = p.y_px * std::sin(angle) + p.x_px * std::cos(angle);
      low = std::min(low, along);
      high = std::max(high, along);
    }
    least = std::min(least, high - low);
  }
  return least;
}

TEST(ConvexHull, LeavesOutPointsInsideAndOnSides) {
  const std::vector<Point> hull =
      convex_hull({{0, 0}, {0, 4}, {4, 4}, {4, 0}, {2, 2}, {0, 2}, {4, 1}, {0, 0}});

  EXPECT_THAT(hull, UnorderedElementsAre(Point{0, 0}, Point{0, 4}, Point{4, 4}, Point{4, 0}));
  EXPECT_DOUBLE_EQ(polygon_area(hull), 16);
}

TEST(ConvexHull, OfNoPointOnePointAndALineIsWhatIsThere) {
  EXPECT_THAT(convex_hull({}), IsEmpty());
  EXPECT_THAT(convex_hull({{1, 1}, {1, 1}}), SizeIs(1));
  EXPECT_THAT(convex_hull({{1, 1}, {2, 2}, {3, 3}}), SizeIs(2));
}

TEST(FeretDiameters, OfARectangleAreItsShortSideAndItsDiagonal) {
  const FeretDiameters feret = feret_diameters(convex_hull({{0, 0}, {0, 4}, {3, 4}, {3, 0}}));

  EXPECT_DOUBLE_EQ(feret.min_px, 3);
  EXPECT_DOUBLE_EQ(feret.max_px, 5);
}

TEST(FeretDiameters, OfATriangleAreItsLeastHeightAndItsLongestSide) {
  const FeretDiameters feret = feret_diameters(convex_hull({{0, 0}, {0, 10}, {2, 5}}));

  EXPECT_DOUBLE_EQ(feret.min_px, 2);
  EXPECT_DOUBLE_EQ(feret.max_px, 10);
}

TEST(FeretDiameters, OfRandomPointsAreThoseOfTryingAllDirections) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const std::vector<Point> points = random_points(40, seed);

    const FeretDiameters feret = feret_diameters(convex_hull(points));

    EXPECT_DOUBLE_EQ(feret.max_px, greatest_distance(points)) << seed;
    EXPECT_NEAR(feret.min_px, least_width(points), 1e-3 * feret.max_px) << seed;
  }
}

TEST(FeretDiameters, OfALineAreZeroAndItsLength) {
  const FeretDiameters feret = feret_diameters(convex_hull({{1, 1}, {4, 5}}));

  EXPECT_DOUBLE_EQ(feret.min_px, 0);
  EXPECT_DOUBLE_EQ(feret.max_px, 5);
}

}  // namespace
}  // namespace mote::measure
