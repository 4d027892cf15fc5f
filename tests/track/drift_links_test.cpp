#include "mote/track/drift_links.h"

#include <gtest/gtest.h>

namespace mote::track {
namespace {

DriftLink link(int32_t from, int32_t to, float dy, float dx, float sigma = 0.02F) {
  return {.from = from, .to = to, .dy_px = dy, .dx_px = dx, .sigma_px = sigma};
}

TEST(DriftLinks, AddUpAlongAChain) {
  const DriftSolution solution = solve_links(3, {link(0, 1, 1, -2), link(1, 2, 0.5, 0.25)});

  EXPECT_NEAR(solution.shift[2].y_px, 1.5, 1e-4);
  EXPECT_NEAR(solution.shift[2].x_px, -1.75, 1e-4);
  EXPECT_EQ(solution.pieces, 1);
}

TEST(DriftLinks, OneWrongLinkAmongManyIsLeftOut) {
  const DriftSolution solution =
      solve_links(5, {link(0, 1, 1, 0), link(1, 2, 1, 0), link(2, 3, 1, 0), link(3, 4, 1, 0),
                      link(0, 2, 2, 0), link(0, 3, 3, 0), link(0, 4, 40, 7), link(1, 4, 3, 0)});

  EXPECT_NEAR(solution.shift[4].y_px, 4, 1e-3);
  EXPECT_NEAR(solution.shift[4].x_px, 0, 1e-3);
}

TEST(DriftLinks, AFrameWithoutLinksLiesBetweenItsNeighbours) {
  const DriftSolution solution = solve_links(4, {link(0, 1, 1, 0), link(1, 3, 4, 2)});

  EXPECT_NEAR(solution.shift[2].y_px, 3, 1e-3);
  EXPECT_NEAR(solution.shift[2].x_px, 1, 1e-3);
  EXPECT_EQ(solution.support[2], 0);
}

TEST(DriftLinks, PiecesWithoutALinkBetweenThemAreCounted) {
  EXPECT_EQ(solve_links(4, {link(0, 1, 1, 0), link(2, 3, 1, 0)}).pieces, 2);
}

TEST(DriftLinks, OneFrameOrNoneNeedNothing) {
  EXPECT_TRUE(solve_links(0, {}).shift.empty());
  EXPECT_EQ(solve_links(1, {}).shift.size(), 1U);
}

}  // namespace
}  // namespace mote::track
