#include "mote/eval/ctc.h"

#include <gtest/gtest.h>

#include "tests/eval/tracked.h"

namespace mote::eval {
namespace {

using testing_support::overlaps_at;
using testing_support::renamed_halfway;

TEST(Ctc, OfAPerfectResult) {
  const std::vector<Overlaps> frames = {overlaps_at({{1, 0}}, {{4, 0}}),
                                        overlaps_at({{1, 0}}, {{4, 0}})};

  const CtcScores scores = ctc_scores(frames, {}, {});

  EXPECT_EQ(scores.errors, GraphErrors{});
  EXPECT_EQ(scores.seg, 1);
  EXPECT_EQ(scores.det, 1);
  EXPECT_EQ(scores.tra, 1);
  EXPECT_EQ(scores.lnk, 1);
}

// Four instances and three links: building them costs 40 + 4.5.
TEST(Ctc, ChargesAMissedLink) {
  const CtcScores scores = ctc_scores(renamed_halfway(), {}, {});

  EXPECT_EQ(scores.errors, (GraphErrors{.missed_links = 1}));
  EXPECT_DOUBLE_EQ(*scores.tra, 1 - 1.5 / 44.5);
  EXPECT_DOUBLE_EQ(*scores.lnk, 1 - 1.5 / 4.5);
  EXPECT_EQ(scores.det, 1);
}

TEST(Ctc, ChargesLessWhereTheSecondNameIsAChild) {
  const std::vector<Track> result = {{.id = 6, .parents = {5}}};

  const CtcScores scores = ctc_scores(renamed_halfway(), {}, result);

  EXPECT_EQ(scores.errors, (GraphErrors{.mistaken_links = 1}));
  EXPECT_DOUBLE_EQ(*scores.tra, 1 - 1 / 44.5);
}

TEST(Ctc, ChargesInstancesMissedAndWrong) {
  const std::vector<Overlaps> frames = {overlaps_at({{1, 0}, {2, 1}}, {{1, 0}, {9, 7}})};

  const CtcScores scores = ctc_scores(frames, {}, {});

  EXPECT_EQ(scores.errors, (GraphErrors{.missed = 1, .wrong = 1}));
  EXPECT_DOUBLE_EQ(*scores.det, 1 - 11.0 / 20);
  EXPECT_DOUBLE_EQ(*scores.seg, 0.5);
  EXPECT_FALSE(scores.lnk.has_value());
}

// The result covers both truths: of four links of the truth none lies between instances that have
// one another alone.
TEST(Ctc, ChargesAResultThatCoversTwoTruths) {
  Overlaps frame = overlaps_at({{1, 0}, {2, 1}}, {{1, 0}});
  frame.result_areas[0] = 20;
  frame.pairs.push_back({.truth = 1, .result = 0, .area = 10});
  const std::vector<Overlaps> frames = {frame, frame, frame};

  const CtcScores scores = ctc_scores(frames, {}, {});

  EXPECT_EQ(scores.errors, (GraphErrors{.splits = 3, .missed_links = 4}));
  EXPECT_DOUBLE_EQ(*scores.det, 1 - 15.0 / 60);
  EXPECT_DOUBLE_EQ(*scores.tra, 1 - (15 + 6.0) / (60 + 6));
  EXPECT_DOUBLE_EQ(*scores.seg, 0.5);
}

// Two tracks swap names between two frames: both links are wrong, and both are missed.
TEST(Ctc, ChargesLinksBetweenTheWrongInstances) {
  const std::vector<Overlaps> frames = {overlaps_at({{1, 0}, {2, 1}}, {{1, 0}, {2, 1}}),
                                        overlaps_at({{1, 0}, {2, 1}}, {{1, 1}, {2, 0}})};

  const CtcScores scores = ctc_scores(frames, {}, {});

  EXPECT_EQ(scores.errors, (GraphErrors{.wrong_links = 2, .missed_links = 2}));
  EXPECT_DOUBLE_EQ(*scores.tra, 1 - 5.0 / 43);
  EXPECT_DOUBLE_EQ(*scores.lnk, 0);
}

TEST(Ctc, KnowsALinkFromEveryParentOfAMerge) {
  const std::vector<Overlaps> frames = {overlaps_at({{1, 0}, {2, 1}}, {{1, 0}, {2, 1}}),
                                        overlaps_at({{3, 0}}, {{3, 0}})};
  const std::vector<Track> truth = {{.id = 3, .parents = {1, 2}}};
  const std::vector<Track> result = {{.id = 3, .parents = {1}}};

  const CtcScores scores = ctc_scores(frames, truth, result);

  EXPECT_EQ(scores.errors, (GraphErrors{.missed_links = 1}));
  EXPECT_DOUBLE_EQ(*scores.lnk, 0.5);
}

TEST(Ctc, LinksAcrossAGap) {
  const std::vector<Overlaps> frames = {overlaps_at({{1, 0}}, {{1, 0}}), overlaps_at({}, {}),
                                        overlaps_at({{1, 0}}, {{1, 0}})};

  EXPECT_EQ(ctc_scores(frames, {}, {}).lnk, 1);
}

TEST(Ctc, HalfOfATruthIsNotEnough) {
  Overlaps frame = overlaps_at({{1, 0}}, {{1, 0}});
  frame.pairs[0].area = 5;

  const CtcScores scores = ctc_scores(std::vector<Overlaps>{frame}, {}, {});

  EXPECT_EQ(scores.errors, (GraphErrors{.missed = 1, .wrong = 1}));
}

TEST(Ctc, IsDefinedWithoutTruthOrResult) {
  const CtcScores no_truth = ctc_scores(std::vector<Overlaps>{overlaps_at({}, {{1, 0}})}, {}, {});
  const CtcScores no_result = ctc_scores(std::vector<Overlaps>{overlaps_at({{1, 0}}, {})}, {}, {});

  EXPECT_FALSE(no_truth.seg.has_value());
  EXPECT_FALSE(no_truth.det.has_value());
  EXPECT_FALSE(no_truth.tra.has_value());
  EXPECT_EQ(no_truth.errors.wrong, 1);
  EXPECT_EQ(no_result.det, 0);
  EXPECT_EQ(no_result.seg, 0);
}

}  // namespace
}  // namespace mote::eval
