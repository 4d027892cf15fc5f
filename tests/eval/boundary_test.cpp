#include "mote/eval/boundary.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/eval/drawn_labels.h"

namespace mote::eval {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Mask mask(const std::vector<std::string>& rows) {
  return masks_of(testing_support::drawn_labels(rows)).at(1);
}

Mask square(int32_t y, int32_t x, int32_t side) {
  Mask result;
  for (int32_t row = y; row < y + side; ++row) {
    result.runs.push_back({row, x, side});
  }
  return result;
}

TEST(Rim, IsWhereAMaskEndsWithinTheImage) {
  EXPECT_THAT(rim_of(mask({"111.", "111.", "111."}), {3, 4}),
              ElementsAre(Pixel{0, 2}, Pixel{1, 2}, Pixel{2, 2}));
  EXPECT_THAT(rim_of(mask({"11", "11"}), {2, 2}), IsEmpty());
}

// Of the 16 rim pixels of either square, eight lie on the other's rim and eight beside it.
TEST(RimDistances, OfASquareMovedByOnePixel) {
  const Distances distances = rim_distances(square(1, 1, 5), square(1, 2, 5), {9, 9});

  EXPECT_EQ(distances.count(), 32);
  EXPECT_DOUBLE_EQ(*distances.mean(), 0.5);
  EXPECT_DOUBLE_EQ(*distances.percentile(0.95), 1);
}

TEST(RimDistances, FollowThePixelsShape) {
  const Distances distances = rim_distances(square(1, 1, 1), square(4, 5, 1), {9, 9}, 2, 0.5);

  EXPECT_DOUBLE_EQ(*distances.mean(), std::hypot(6, 2));
}

TEST(RimDistances, AreNoneWithoutARim) {
  const Distances distances = rim_distances(square(0, 0, 3), square(0, 0, 3), {3, 3});

  EXPECT_EQ(distances.count(), 0);
  EXPECT_FALSE(distances.mean().has_value());
  EXPECT_FALSE(distances.percentile(0.95).has_value());
}

TEST(Distances, TakePercentilesStraightBetweenTheNearest) {
  Distances distances;
  distances.add(1, 3);
  distances.add(2);

  EXPECT_DOUBLE_EQ(*distances.percentile(0.5), 1);
  EXPECT_DOUBLE_EQ(*distances.percentile(0.95), 1.85);
}

// A diagonal of 141 px tolerates 2 px.
TEST(BoundaryF, ForgivesUpToTheTolerance) {
  EXPECT_DOUBLE_EQ(boundary_f(square(20, 20, 20), square(20, 20, 20), {100, 100}), 1);
  EXPECT_DOUBLE_EQ(boundary_f(square(20, 20, 20), square(22, 20, 20), {100, 100}), 1);
  EXPECT_DOUBLE_EQ(boundary_f(square(20, 20, 20), square(60, 60, 20), {100, 100}), 0);
}

// As DAVIS draws it, the boundary of the 20 px square is the ring from 19 to 39, of 80 pixels, that
// of the 30 px square the ring from 19 to 49, of 120. Within 2 px of the larger ring lie the
// smaller one's upper and left sides (41) and two pixels more at either end; within 2 px of the
// smaller one lie the larger one's upper and left sides up to 41 (45).
TEST(BoundaryF, IsTheHarmonicMeanOfPrecisionAndRecall) {
  const double precision = 45.0 / 80;
  const double recall = 45.0 / 120;

  const double f = boundary_f(square(20, 20, 30), square(20, 20, 20), {100, 100});

  EXPECT_NEAR(f, 2 * precision * recall / (precision + recall), 1e-12);
}

TEST(BoundaryF, OfNothing) {
  EXPECT_EQ(boundary_f(Mask{}, Mask{}, {10, 10}), 1);
  EXPECT_EQ(boundary_f(square(2, 2, 3), Mask{}, {10, 10}), 0);
  EXPECT_EQ(boundary_f(Mask{}, square(2, 2, 3), {10, 10}), 0);
}

}  // namespace
}  // namespace mote::eval
