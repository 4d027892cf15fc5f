#include "mote/core/assignment.h"

#include <algorithm>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote {
namespace {

using testing::ElementsAre;

double gain_of(const std::vector<int32_t>& columns, const std::vector<Edge>& edges) {
  double sum = 0;
  for (const Edge& edge : edges) {
    if (columns[static_cast<size_t>(edge.row)] == edge.column) {
      sum += edge.gain;
    }
  }
  return sum;
}

/// The largest sum of gains of rows from `row` on, by trying everything.
double largest_gain(int32_t row, int32_t rows, const std::vector<Edge>& edges,
                    std::set<int32_t>& taken) {
  if (row == rows) {
    return 0;
  }
  double best = largest_gain(row + 1, rows, edges, taken);
  for (const Edge& edge : edges) {
    if (edge.row == row && taken.insert(edge.column).second) {
      best = std::max(best, edge.gain + largest_gain(row + 1, rows, edges, taken));
      taken.erase(edge.column);
    }
  }
  return best;
}

std::vector<Edge> random_edges(uint32_t seed, int32_t rows, int32_t columns) {
  std::mt19937 random(seed);
  std::vector<Edge> edges;
  for (int32_t row = 0; row < rows; ++row) {
    for (int32_t column = 0; column < columns; ++column) {
      if (random() % 2 == 0) {
        edges.push_back({row, column, static_cast<double>(random() % 100) / 10 - 1});
      }
    }
  }
  return edges;
}

TEST(Assign, PrefersTheLargestSumToTheLargestGain) {
  EXPECT_THAT(assign(2, 2, {{0, 0, 5}, {0, 1, 4}, {1, 0, 4}}), ElementsAre(1, 0));
}

TEST(Assign, LeavesARowAloneWhereThatGainsMore) {
  EXPECT_THAT(assign(3, 1, {{0, 0, 1}, {1, 0, 3}, {2, 0, 2}}), ElementsAre(-1, 0, -1));
  EXPECT_THAT(assign(1, 1, {{0, 0, -1}}), ElementsAre(-1));
}

TEST(Assign, TakesNothingFromNothing) {
  EXPECT_TRUE(assign(0, 0, {}).empty());
  EXPECT_THAT(assign(2, 0, {}), ElementsAre(-1, -1));
}

TEST(Assign, AgreesWithTryingEverything) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    const std::vector<Edge> edges = random_edges(seed, 5, 1 + static_cast<int32_t>(seed % 6));
    std::set<int32_t> taken;

    const double best = largest_gain(0, 5, edges, taken);

    EXPECT_NEAR(gain_of(assign(5, 6, edges), edges), best, 1e-9) << "seed " << seed;
  }
}

TEST(Assign, DoesNotDependOnTheOrderOfEdges) {
  std::vector<Edge> edges = random_edges(7, 40, 40);
  const std::vector<int32_t> first = assign(40, 40, edges);

  std::reverse(edges.begin(), edges.end());

  EXPECT_EQ(assign(40, 40, edges), first);
}

TEST(Assign, SolvesOneLargeBlock) {
  std::vector<Edge> edges;
  for (int32_t row = 0; row < 20000; ++row) {
    edges.push_back({row, row, 1});
    edges.push_back({row, row + 1, 1.5});
  }

  const std::vector<int32_t> columns = assign(20000, 20001, edges);

  EXPECT_DOUBLE_EQ(gain_of(columns, edges), 30000);
}

}  // namespace
}  // namespace mote
