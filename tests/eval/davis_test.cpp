#include "mote/eval/davis.h"

#include <gtest/gtest.h>

#include "tests/eval/drawn_labels.h"

namespace mote::eval {
namespace {

void add(DavisCounter& counter, const std::vector<std::string>& truth,
         const std::vector<std::string>& result) {
  const ObjectImage wanted = objects_of(testing_support::drawn_labels(truth));
  const ObjectImage found = objects_of(testing_support::drawn_labels(result));
  const Overlaps overlaps = overlaps_of(wanted, found);
  counter.add(overlaps, boundary_fs(wanted, found, overlaps));
}

// Found, missed, and in neither: the last counts 1 in DAVIS, nothing in view.
TEST(Davis, AveragesOverFrames) {
  DavisCounter counter;
  add(counter, {".11.", "...."}, {".22.", "...."});
  add(counter, {".11.", "...."}, {"....", "...."});
  add(counter, {"....", "...."}, {"....", "...."});

  const auto scores = counter.result();

  EXPECT_DOUBLE_EQ(scores->j, 2.0 / 3);
  EXPECT_DOUBLE_EQ(scores->f, 2.0 / 3);
  EXPECT_DOUBLE_EQ(scores->j_in_view, 0.5);
  EXPECT_DOUBLE_EQ(scores->f_in_view, 0.5);
}

TEST(Davis, PairsObjectsForTheWholeSequence) {
  DavisCounter counter;
  add(counter, {"11..", "...."}, {"55..", "...."});
  add(counter, {"11..", "...."}, {"66..", "...."});
  add(counter, {"11..", "...."}, {"66..", "...."});

  EXPECT_DOUBLE_EQ(counter.result()->j, 2.0 / 3);
}

TEST(Davis, AveragesOverTheObjectsOfTheTruth) {
  DavisCounter counter;
  add(counter, {"1111..22", "........"}, {"111.....", ".....999"});

  EXPECT_EQ(counter.objects(), 2);
  EXPECT_DOUBLE_EQ(counter.result()->j, 0.375);
}

TEST(Davis, IsDefinedWithoutTruthOrResult) {
  DavisCounter nothing;
  DavisCounter no_truth;
  DavisCounter no_result;
  add(no_truth, {"..."}, {"1.."});
  add(no_result, {"1.."}, {"..."});

  EXPECT_FALSE(nothing.result().has_value());
  EXPECT_FALSE(no_truth.result().has_value());
  EXPECT_EQ(no_result.result()->j, 0);
}

}  // namespace
}  // namespace mote::eval
