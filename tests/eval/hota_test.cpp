#include "mote/eval/hota.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/eval/tracked.h"

namespace mote::eval {
namespace {

using testing_support::overlaps_at;

TEST(Hota, OfATrackThatIsRenamedHalfway) {
  const Hota scores = hota(testing_support::renamed_halfway());

  EXPECT_DOUBLE_EQ(scores.det_a, 1);
  EXPECT_DOUBLE_EQ(scores.ass_a, 0.5);
  EXPECT_DOUBLE_EQ(scores.hota, std::sqrt(0.5));
  EXPECT_DOUBLE_EQ(scores.loc_a, 1);
}

// One of two truths found in two frames of two, and one result too many.
TEST(Hota, CountsWhatIsMissedAndWrong) {
  const Hota scores = hota(std::vector<Overlaps>{overlaps_at({{1, 0}, {2, 1}}, {{1, 0}}),
                                                 overlaps_at({{1, 0}, {2, 1}}, {{1, 0}, {3, 5}})});

  EXPECT_DOUBLE_EQ(scores.det_a, 2.0 / 5);
  EXPECT_DOUBLE_EQ(scores.ass_a, 1);
  EXPECT_DOUBLE_EQ(scores.hota, std::sqrt(0.4));
}

// IoU 0.5 is enough for ten of the nineteen thresholds.
TEST(Hota, AveragesOverThresholds) {
  Overlaps frame = overlaps_at({{1, 0}}, {{1, 0}});
  frame.result_areas[0] = 20;

  const Hota scores = hota(std::vector<Overlaps>{frame});

  EXPECT_DOUBLE_EQ(scores.hota, 10.0 / 19);
  EXPECT_DOUBLE_EQ(scores.hota_at[9], 1);
  EXPECT_DOUBLE_EQ(scores.hota_at[10], 0);
  EXPECT_DOUBLE_EQ(scores.loc_a, (10 * 0.5 + 9) / 19);
}

TEST(Hota, PairsByAgreementOverTheWholeRecording) {
  std::vector<Overlaps> frames = {overlaps_at({{1, 0}}, {{7, 0}}), overlaps_at({{1, 0}}, {{7, 0}}),
                                  overlaps_at({{1, 0}}, {{7, 0}, {8, 0}})};
  frames[2].pairs[0].area = 8;  // the stranger fits better in this frame

  const Hota scores = hota(frames);

  EXPECT_DOUBLE_EQ(scores.hota_at[0], std::sqrt(3.0 / 4));
}

TEST(Hota, IsDefinedWithoutTruthOrResult) {
  EXPECT_EQ(hota({}).hota, 0);
  EXPECT_EQ(hota({}).loc_a, 1);
  EXPECT_EQ(hota(std::vector<Overlaps>{overlaps_at({}, {})}).hota, 0);
  EXPECT_EQ(hota(std::vector<Overlaps>{overlaps_at({{1, 0}}, {})}).hota, 0);
  EXPECT_EQ(hota(std::vector<Overlaps>{overlaps_at({}, {{1, 0}})}).det_a, 0);
}

}  // namespace
}  // namespace mote::eval
