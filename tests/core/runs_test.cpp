#include "mote/core/runs.h"

#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::vector<std::pair<int64_t, int64_t>> runs_of(const std::vector<uint8_t>& row) {
  std::vector<std::pair<int64_t, int64_t>> runs;
  for_runs(row.data(), static_cast<int64_t>(row.size()),
           [&](int64_t begin, int64_t end) { runs.emplace_back(begin, end); });
  return runs;
}

TEST(Runs, AreTheLongestPiecesWithoutZeros) {
  EXPECT_THAT(runs_of({1, 1, 0, 7, 0, 0, 1}), ElementsAre(Pair(0, 2), Pair(3, 4), Pair(6, 7)));
  EXPECT_THAT(runs_of({}), IsEmpty());
  EXPECT_THAT(runs_of({0, 0, 0}), IsEmpty());
}

TEST(Runs, AreFoundBehindLongBackgroundAndAtItsEnd) {
  std::vector<uint8_t> row(101, 0);
  row[63] = 1;
  row[64] = 1;
  row[100] = 1;

  EXPECT_THAT(runs_of(row), ElementsAre(Pair(63, 65), Pair(100, 101)));
}

TEST(Runs, OfLabelsEndWhereTheLabelChanges) {
  const std::vector<int32_t> row = {0, 4, 4, 9, 0, 9};
  std::vector<std::vector<int64_t>> runs;

  for_label_runs(row.data(), static_cast<int64_t>(row.size()),
                 [&](int32_t label, int64_t begin, int64_t end) {
                   runs.push_back({label, begin, end});
                 });

  EXPECT_THAT(runs, ElementsAre(ElementsAre(4, 1, 3), ElementsAre(9, 3, 4), ElementsAre(9, 5, 6)));
}

}  // namespace
}  // namespace mote
