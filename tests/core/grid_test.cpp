#include "mote/core/grid.h"

#include <utility>

#include <gtest/gtest.h>

namespace mote {
namespace {

TEST(Grid, IsFilledWithItsValue) {
  EXPECT_EQ(Grid<int>({2, 2}), Grid<int>({2, 2}, {0, 0, 0, 0}));
  EXPECT_EQ(Grid<int>({1, 3}, 7), Grid<int>({1, 3}, {7, 7, 7}));
}

TEST(Grid, CopiesShareNothing) {
  Grid<int> image({1, 2}, {1, 2});
  Grid<int> copy = image;

  copy(0, 0) = 9;

  EXPECT_EQ(image, Grid<int>({1, 2}, {1, 2}));
  EXPECT_EQ(copy, Grid<int>({1, 2}, {9, 2}));
}

TEST(Grid, IsEmptyOnceMovedFrom) {
  Grid<int> image({1, 2}, {1, 2});

  const Grid<int> moved = std::move(image);

  EXPECT_EQ(moved, Grid<int>({1, 2}, {1, 2}));
  EXPECT_TRUE(image.empty());
  EXPECT_TRUE(image.values().empty());
}

}  // namespace
}  // namespace mote
