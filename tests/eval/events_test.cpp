#include "mote/eval/events.h"

#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/eval/tracked.h"

namespace mote::eval {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

using Events = std::vector<HistoryEvent>;

// Results number the truth's tracks from 10 on.
const std::map<int32_t, int32_t> kNames = {{11, 1}, {12, 2}, {13, 3}, {14, 4}, {15, 1}};

const EventScores& kind(const HistoryScores& scores, const std::string& name) {
  const auto found = std::find_if(scores.kinds.begin(), scores.kinds.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  EXPECT_NE(found, scores.kinds.end()) << name;
  return found->second;
}

/// How many of the scores' fates are of a kind, by outcome.
Counts fates_counted(const HistoryScores& scores, const std::string& name) {
  const auto count = [&](EventOutcome outcome) {
    return std::count_if(scores.fates.begin(), scores.fates.end(), [&](const EventFate& fate) {
      return fate.kind == name && fate.outcome == outcome;
    });
  };
  return {.right = count(EventOutcome::kRight),
          .wrong = count(EventOutcome::kWrong),
          .missed = count(EventOutcome::kMissed)};
}

int64_t mistakes_of(const HistoryScores& scores, int64_t Episode::*member) {
  return std::accumulate(
      scores.episodes.begin(), scores.episodes.end(), int64_t{0},
      [&](int64_t sum, const Episode& episode) { return sum + episode.*member; });
}

// Worked example 1 of docs/metrics.md.
TEST(Events, AMergeIsDatedByContactAndByMerging) {
  const Events truth = {{.type = "contact", .frame = 15, .tracks = {1, 2}},
                        {.type = "merge", .frame = 20, .tracks = {1, 2}, .children = {3}}};
  const Events result = {{.type = "coalescence",
                          .frame = 21,
                          .tracks = {12, 11},
                          .children = {13},
                          .contact_frame = 18}};

  const HistoryScores scores = history_scores(truth, result, kNames);

  EXPECT_EQ(kind(scores, "merge").counts, (Counts{.right = 1}));
  EXPECT_THAT(kind(scores, "merge").timing_errors_frames, ElementsAre(1));
  EXPECT_EQ(kind(scores, "merge_contact").counts, (Counts{.wrong = 1, .missed = 1}));
  EXPECT_EQ(kind(scores, "contact").counts, (Counts{.missed = 1}));
}

TEST(Events, AMeetingAtTheBorderIsNotAskedAndNotWrong) {
  const Events truth = {{.type = "coalescence", .frame = 20, .tracks = {1, 2}, .at_border = true},
                        {.type = "coalescence", .frame = 30, .tracks = {3, 4}}};
  const Events result = {
      {.type = "coalescence", .frame = 25, .tracks = {11, 12}},
      {.type = "coalescence", .frame = 30, .tracks = {13, 14}},
      {.type = "coalescence", .frame = 40, .tracks = {11, 14}, .at_border = true},
      {.type = "coalescence", .frame = 40, .tracks = {12, 14}}};

  const HistoryScores scores = history_scores(truth, result, kNames);

  EXPECT_EQ(kind(scores, "merge").counts, (Counts{.right = 1, .wrong = 1}));
}

// Worked example 2 of docs/metrics.md.
TEST(Events, AMergeNeedsAllParents) {
  const Events truth = {{.type = "coalescence", .frame = 20, .tracks = {1, 2}}};
  const Events one_wrong = {{.type = "coalescence", .frame = 20, .tracks = {11, 14}}};
  const Events one_more = {{.type = "coalescence", .frame = 20, .tracks = {11, 12, 14}}};
  const Events pieces_of_one = {{.type = "coalescence", .frame = 20, .tracks = {11, 15}}};

  const Counts wrong = {.wrong = 1, .missed = 1};
  EXPECT_EQ(kind(history_scores(truth, one_wrong, kNames), "merge").counts, wrong);
  EXPECT_EQ(kind(history_scores(truth, one_more, kNames), "merge").counts, wrong);
  EXPECT_EQ(kind(history_scores(truth, pieces_of_one, kNames), "merge").counts, wrong);
}

TEST(Events, TwoFramesLateAreRightAndThreeAreNot) {
  const Events truth = {{.type = "split", .frame = 20, .tracks = {1}, .children = {2, 3}}};
  const Events late = {{.type = "split", .frame = 22, .tracks = {11}, .children = {13, 12}}};
  const Events later = {{.type = "split", .frame = 23, .tracks = {11}, .children = {13, 12}}};

  EXPECT_EQ(kind(history_scores(truth, late, kNames), "split").counts.right, 1);
  EXPECT_EQ(kind(history_scores(truth, later, kNames), "split").counts.right, 0);
  EXPECT_EQ(
      kind(history_scores(truth, later, kNames, {.tolerance_frames = 3}), "split").counts.right, 1);
}

// Worked example 3 of docs/metrics.md.
TEST(Events, ADeathIsScoredWithAndWithoutItsCause) {
  const Events truth = {{.type = "dissolved", .frame = 30, .tracks = {1}},
                        {.type = "left", .frame = 40, .tracks = {2}}};
  const Events result = {{.type = "lost", .frame = 30, .tracks = {11}},
                         {.type = "left", .frame = 40, .tracks = {12}}};

  const HistoryScores scores = history_scores(truth, result, kNames);

  EXPECT_EQ(kind(scores, "death").counts, (Counts{.right = 2}));
  EXPECT_EQ(kind(scores, "dissolved").counts, (Counts{.missed = 1}));
  EXPECT_EQ(kind(scores, "lost").counts, (Counts{.wrong = 1}));
  EXPECT_EQ(kind(scores, "left").counts, (Counts{.right = 1}));
  EXPECT_EQ(scores.causes, (Counts{.right = 1, .wrong = 1}));
}

TEST(Events, ABirthNamesItsChild) {
  const Events truth = {{.type = "appeared", .frame = 5, .children = {1}}};
  const Events result = {{.type = "appeared", .frame = 5, .children = {11}},
                         {.type = "entered", .frame = 5, .children = {12}}};

  const HistoryScores scores = history_scores(truth, result, kNames);

  EXPECT_EQ(kind(scores, "birth").counts, (Counts{.right = 1, .wrong = 1}));
  EXPECT_EQ(kind(scores, "appeared").counts, (Counts{.right = 1}));
  EXPECT_EQ(kind(scores, "entered").counts, (Counts{.wrong = 1}));
}

TEST(Events, ArePairedOneToOneAtTheLeastSumOfTimingErrors) {
  const Events truth = {{.type = "contact", .frame = 10, .tracks = {1, 2}},
                        {.type = "contact", .frame = 12, .tracks = {1, 2}}};
  const Events result = {{.type = "contact", .frame = 12, .tracks = {11, 12}},
                         {.type = "contact", .frame = 14, .tracks = {11, 12}}};

  const HistoryScores scores = history_scores(truth, result, kNames);

  EXPECT_THAT(kind(scores, "contact").timing_errors_frames, ElementsAre(2, 2));
}

// Worked example 4 of docs/metrics.md: of two crossings one is taken for a merge; the merge long
// after it is none of its business.
TEST(Events, CountsFalseMergesOfCrossings) {
  const Events truth = {
      {.type = "contact", .frame = 10, .tracks = {1, 2}},
      {.type = "parted", .frame = 20, .tracks = {1, 2}},
      {.type = "overlap", .frame = 40, .tracks = {3, 4}, .until_frame = 50},
      {.type = "contact", .frame = 60, .tracks = {1, 4}},
      {.type = "coalescence", .frame = 70, .tracks = {1, 4}},
  };
  const Events result = {{.type = "coalescence", .frame = 21, .tracks = {11, 12}},
                         {.type = "coalescence", .frame = 70, .tracks = {11, 14}},
                         {.type = "coalescence", .frame = 90, .tracks = {13, 14}}};

  const HistoryScores scores = history_scores(truth, result, kNames);

  EXPECT_EQ(scores.crossings, 2);
  EXPECT_EQ(scores.false_merges, 1);
  EXPECT_EQ(scores.false_merges_per_crossing, 0.5);
  EXPECT_EQ(kind(scores, "merge").counts, (Counts{.right = 1, .wrong = 2}));
}

// Worked example 5 of docs/metrics.md.
TEST(Events, CountsFalseDeathsOfFlickers) {
  const Events truth = {{.type = "contrast_lost", .frame = 10, .tracks = {1}, .until_frame = 14},
                        {.type = "contrast_lost", .frame = 30, .tracks = {2}, .until_frame = 34}};
  const Events result = {{.type = "lost", .frame = 11, .tracks = {11}},
                         {.type = "lost", .frame = 60, .tracks = {12}}};

  const HistoryScores scores = history_scores(truth, result, kNames);

  EXPECT_EQ(scores.flickers, 2);
  EXPECT_EQ(scores.false_deaths, 1);
  EXPECT_EQ(scores.false_deaths_per_flicker, 0.5);
  EXPECT_EQ(scores.false_dissolutions_per_flicker, 0.5);
}

TEST(Events, CountWhatIsSaidToHaveLeftAsNoDissolution) {
  const Events truth = {{.type = "contrast_lost", .frame = 10, .tracks = {1}, .until_frame = 14}};
  const Events result = {{.type = "left", .frame = 11, .tracks = {11}}};

  const HistoryScores scores = history_scores(truth, result, kNames);

  EXPECT_EQ(scores.false_deaths, 1);
  EXPECT_EQ(scores.false_dissolutions, 0);
}

// A particle may leave, dissolve or merge while it is dark or lies over another.
TEST(Events, OfTheTruthItselfAreNeverFalse) {
  const Events truth = {{.type = "contrast_lost", .frame = 10, .tracks = {1}, .until_frame = 20},
                        {.type = "left", .frame = 15, .tracks = {1}},
                        {.type = "overlap", .frame = 30, .tracks = {2, 3}, .until_frame = 40},
                        {.type = "coalescence", .frame = 40, .tracks = {2, 3}, .children = {4}}};
  const std::map<int32_t, int32_t> same = {{1, 1}, {2, 2}, {3, 3}, {4, 4}};

  const HistoryScores scores = history_scores(truth, truth, same);

  EXPECT_EQ(scores.flickers, 1);
  EXPECT_EQ(scores.false_deaths, 0);
  EXPECT_EQ(scores.crossings, 1);
  EXPECT_EQ(scores.false_merges, 0);
}

TEST(Events, CountsFalseDeathsOfAFlickerThatIsNeverOver) {
  const Events truth = {{.type = "contrast_lost", .frame = 10, .tracks = {1}}};
  const Events result = {{.type = "lost", .frame = 40, .tracks = {11}}};

  EXPECT_EQ(history_scores(truth, result, kNames).false_deaths, 1);
}

// Worked example 6 of docs/metrics.md.
TEST(Events, AMergeIsDatedByEachWidthOfItsNeck) {
  const Events truth = {{.type = "coalescence",
                         .frame = 20,
                         .tracks = {1, 2},
                         .contact_frame = 15,
                         .neck = NeckDates{.merged_frame = 26, .complete_frame = 40}}};
  const Events result = {{.type = "coalescence",
                          .frame = 21,
                          .tracks = {11, 12},
                          .contact_frame = 18,
                          .neck = NeckDates{.merged_frame = 27}}};

  const HistoryScores scores = history_scores(truth, result, kNames);

  EXPECT_THAT(kind(scores, "merge").timing_errors_frames, ElementsAre(1));
  EXPECT_THAT(kind(scores, "merge_half").timing_errors_frames, ElementsAre(1));
  EXPECT_EQ(kind(scores, "merge_contact").counts, (Counts{.wrong = 1, .missed = 1}));
  EXPECT_THAT(kind(scores, "merge_contact").anytime_errors_frames, ElementsAre(3));
  EXPECT_EQ(kind(scores, "merge_complete").counts, (Counts{.wrong = 1, .missed = 1}));
  EXPECT_THAT(kind(scores, "merge_complete").anytime_errors_frames, ElementsAre(-13));
}

TEST(Events, OfAResultThatTellsOneDateAMergeIsScoredByIt) {
  const Events truth = {{.type = "coalescence",
                         .frame = 20,
                         .tracks = {1, 2},
                         .neck = NeckDates{.merged_frame = 26, .complete_frame = 40}}};
  const Events result = {{.type = "coalescence", .frame = 25, .tracks = {11, 12}}};

  const HistoryScores scores = history_scores(truth, result, kNames);

  EXPECT_THAT(kind(scores, "merge").timing_errors_frames, ElementsAre(-1));
  EXPECT_THAT(kind(scores, "merge_half").anytime_errors_frames, ElementsAre(5));
  EXPECT_THAT(kind(scores, "merge_complete").anytime_errors_frames, ElementsAre(-15));
}

// Worked example 7 of docs/metrics.md.
TEST(Events, ANeckThatNeverComesSoFarIsNotAsked) {
  const Events truth = {{.type = "coalescence", .frame = 20, .tracks = {1, 2}, .neck = NeckDates{}},
                        {.type = "overlap", .frame = 18, .tracks = {1, 2}, .until_frame = 30}};
  const Events result = {{.type = "coalescence", .frame = 20, .tracks = {11, 12}},
                         {.type = "coalescence", .frame = 22, .tracks = {13, 14}}};

  const HistoryScores scores = history_scores(truth, result, kNames);

  EXPECT_EQ(kind(scores, "merge").counts, (Counts{.wrong = 1}));
  EXPECT_EQ(kind(scores, "merge_half").counts, (Counts{.right = 1, .wrong = 1}));
  EXPECT_EQ(scores.false_merges, 0);
}

TEST(Events, ScoreTheNeckOnlyWhereTheTruthDatesIt) {
  const Events truth = {{.type = "coalescence", .frame = 20, .tracks = {1, 2}}};

  const HistoryScores scores = history_scores(truth, truth, {{1, 1}, {2, 2}});

  EXPECT_EQ(kind(scores, "merge").counts, (Counts{.right = 1}));
  for (const auto& [name, unused] : scores.kinds) {
    EXPECT_NE(name, "merge_half");
  }
}

// Worked example 8 of docs/metrics.md.
TEST(Events, TellHowLateContactsAreWhateverTheDate) {
  const Events truth = {{.type = "contact", .frame = 10, .tracks = {1, 2}},
                        {.type = "contact", .frame = 30, .tracks = {1, 2}},
                        {.type = "contact", .frame = 30, .tracks = {3, 4}}};
  const Events result = {{.type = "contact", .frame = 16, .tracks = {11, 12}},
                         {.type = "contact", .frame = 38, .tracks = {12, 11}},
                         {.type = "contact", .frame = 31, .tracks = {11, 13}}};

  const EventScores scores = kind(history_scores(truth, result, kNames), "contact");

  EXPECT_EQ(scores.counts, (Counts{.wrong = 3, .missed = 3}));
  EXPECT_THAT(scores.anytime_errors_frames, ElementsAre(6, 8));
}

TEST(Events, OfUnnamedTracksAreWrong) {
  const Events truth = {{.type = "lost", .frame = 10, .tracks = {99}}};
  const Events result = {{.type = "lost", .frame = 10, .tracks = {99}}};

  EXPECT_EQ(kind(history_scores(truth, result, kNames), "lost").counts,
            (Counts{.wrong = 1, .missed = 1}));
}

// Worked example 9 of docs/metrics.md.
TEST(Fates, TellOfEachEventWhatBecameOfIt) {
  const Events truth = {{.type = "coalescence", .frame = 20, .tracks = {1, 2}},
                        {.type = "coalescence", .frame = 30, .tracks = {3, 4}}};
  const Events result = {{.type = "coalescence", .frame = 21, .tracks = {12, 11}},
                         {.type = "coalescence", .frame = 40, .tracks = {13, 99}}};

  std::vector<EventFate> fates = history_scores(truth, result, kNames).fates;
  std::erase_if(fates, [](const EventFate& fate) { return fate.kind != "merge"; });

  EXPECT_THAT(fates, ElementsAre(EventFate{.kind = "merge",
                                           .outcome = EventOutcome::kRight,
                                           .truth_frame = 20,
                                           .result_frame = 21,
                                           .tracks = {1, 2}},
                                 EventFate{.kind = "merge",
                                           .outcome = EventOutcome::kMissed,
                                           .truth_frame = 30,
                                           .tracks = {3, 4}},
                                 EventFate{.kind = "merge",
                                           .outcome = EventOutcome::kWrong,
                                           .result_frame = 40,
                                           .tracks = {-100, 3}}));
}

TEST(Fates, AreAsManyAsTheCountsOfEveryKind) {
  const Events truth = {{.type = "contact", .frame = 15, .tracks = {1, 2}},
                        {.type = "coalescence", .frame = 20, .tracks = {1, 2}, .at_border = true},
                        {.type = "coalescence",
                         .frame = 30,
                         .tracks = {3, 4},
                         .contact_frame = 26,
                         .neck = NeckDates{.merged_frame = 33}},
                        {.type = "split", .frame = 50, .tracks = {1}, .children = {2, 3}},
                        {.type = "nucleated", .frame = 5, .children = {1}},
                        {.type = "dissolved", .frame = 60, .tracks = {4}}};
  const Events result = {
      {.type = "contact", .frame = 19, .tracks = {11, 12}},
      {.type = "coalescence", .frame = 22, .tracks = {11, 12}},
      {.type = "coalescence", .frame = 32, .tracks = {13, 14}},
      {.type = "coalescence", .frame = 32, .tracks = {13, 11}, .at_border = true},
      {.type = "coalescence", .frame = 70, .tracks = {13, 12}},
      {.type = "split", .frame = 50, .tracks = {11}, .children = {13, 12}},
      {.type = "appeared", .frame = 6, .children = {11}},
      {.type = "lost", .frame = 60, .tracks = {14}},
      {.type = "left", .frame = 70, .tracks = {12}}};

  const HistoryScores scores = history_scores(truth, result, kNames);

  for (const auto& [name, score] : scores.kinds) {
    EXPECT_EQ(fates_counted(scores, name), score.counts) << name;
  }
  EXPECT_EQ(fates_counted(scores, "merge"), (Counts{.right = 1, .wrong = 1}));
  EXPECT_EQ(fates_counted(scores, "death"), (Counts{.right = 1, .wrong = 1}));
}

TEST(Episodes, CountEachMistakeOnceWhereItIsNearest) {
  const Events truth = {{.type = "overlap", .frame = 10, .tracks = {1, 2}, .until_frame = 20},
                        {.type = "overlap", .frame = 22, .tracks = {1, 2}, .until_frame = 30},
                        {.type = "overlap", .frame = 22, .tracks = {2, 3}, .until_frame = 23},
                        {.type = "contrast_lost", .frame = 40, .tracks = {1}},
                        {.type = "contrast_lost", .frame = 60, .tracks = {2}, .until_frame = 64}};
  const Events result = {{.type = "coalescence", .frame = 22, .tracks = {11, 12}},
                         {.type = "coalescence", .frame = 22, .tracks = {11, 12, 13}},
                         {.type = "lost", .frame = 90, .tracks = {11}},
                         {.type = "left", .frame = 62, .tracks = {12}}};

  const HistoryScores scores = history_scores(truth, result, kNames);

  EXPECT_THAT(
      scores.episodes,
      ElementsAre(Episode{.kind = "crossing", .tracks = {1, 2}, .frame = 10, .until_frame = 20},
                  Episode{.kind = "crossing",
                          .tracks = {1, 2},
                          .frame = 22,
                          .until_frame = 30,
                          .false_merges = 2},
                  Episode{.kind = "crossing", .tracks = {2, 3}, .frame = 22, .until_frame = 23},
                  Episode{.kind = "flicker",
                          .tracks = {1},
                          .frame = 40,
                          .false_deaths = 1,
                          .false_dissolutions = 1},
                  Episode{.kind = "flicker",
                          .tracks = {2},
                          .frame = 60,
                          .until_frame = 64,
                          .false_deaths = 1}));
  EXPECT_EQ(mistakes_of(scores, &Episode::false_merges), scores.false_merges);
  EXPECT_EQ(mistakes_of(scores, &Episode::false_deaths), scores.false_deaths);
  EXPECT_EQ(mistakes_of(scores, &Episode::false_dissolutions), scores.false_dissolutions);
}

TEST(Events, AreDefinedWithoutAny) {
  const HistoryScores scores = history_scores({}, {}, {});

  EXPECT_EQ(kind(scores, "merge").counts, Counts{});
  EXPECT_FALSE(kind(scores, "merge").counts.f1().has_value());
  EXPECT_FALSE(scores.false_merges_per_crossing.has_value());
}

TEST(Names, AreThoseOfTheLargestSharedArea) {
  const std::vector<Overlaps> frames = {
      testing_support::overlaps_at({{1, 0}, {2, 1}}, {{11, 0}, {12, 1}, {13, 9}}),
      testing_support::overlaps_at({{1, 0}, {2, 1}}, {{11, 1}, {12, 1}}),
      testing_support::overlaps_at({{1, 0}, {2, 1}}, {{11, 0}})};

  EXPECT_THAT(names_of(frames), ElementsAre(Pair(11, 1), Pair(12, 2)));
}

TEST(EventsOf, ReadTheLineageAlone) {
  const std::vector<Track> tracks = {
      {.id = 1, .first_frame = 0, .last_frame = 4},
      {.id = 2, .first_frame = 2, .last_frame = 4},
      {.id = 3, .first_frame = 5, .last_frame = 7, .parents = {1, 2}},
      {.id = 4, .first_frame = 8, .last_frame = 9, .parents = {3}},
      {.id = 5, .first_frame = 8, .last_frame = 8, .parents = {3}}};

  const Events events = events_of(tracks, 10);

  ASSERT_EQ(events.size(), 4);
  EXPECT_EQ(events[0].type, "appeared");
  EXPECT_EQ(events[0].frame, 2);
  EXPECT_EQ(events[1].type, "merge");
  EXPECT_THAT(events[1].tracks, ElementsAre(1, 2));
  EXPECT_EQ(events[2].type, "split");
  EXPECT_THAT(events[2].children, ElementsAre(4, 5));
  EXPECT_EQ(events[3].type, "lost");
  EXPECT_EQ(events[3].frame, 9);
  EXPECT_THAT(events_of({}, 10), IsEmpty());
}

}  // namespace
}  // namespace mote::eval
