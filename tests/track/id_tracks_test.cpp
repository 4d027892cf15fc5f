#include "mote/track/id_tracks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "tests/track/id_frames.h"

namespace mote::track {
namespace {

using id_frames::boxes;
using id_frames::columns;
using id_frames::ids;
using id_frames::kField;
using id_frames::Result;
using id_frames::sequence;
using id_frames::tracked;
using synthetic::Disc;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Disc kLeft = {20, 20, 8};
constexpr Disc kRight = {20, 38, 8};
constexpr Disc kBoth = {20, 29, 14};
constexpr Disc kFar = {20, 50, 5};

TEST(IdTracks, FollowAnIdAsOneTrack) {
  const Result result = tracked(sequence({{ids({{7, kLeft}, {9, kRight}}), 3}}));

  ASSERT_THAT(result.lineage.tracks, SizeIs(2));
  EXPECT_EQ(result.lineage.tracks[0].first_frame, 0);
  EXPECT_EQ(result.lineage.tracks[0].last_frame, 2);
  EXPECT_THAT(result.lineage.events, IsEmpty());
  EXPECT_THAT(result.tracks, ElementsAre(ElementsAre(1), ElementsAre(2)));
}

TEST(IdTracks, RecordAMergeWithBothParentsWhereAnObjectVanishesIntoAnother) {
  const Result result =
      tracked(sequence({{ids({{1, kLeft}, {2, kRight}}), 3}, {ids({{1, kBoth}}), 6}}));

  ASSERT_THAT(result.lineage.tracks, SizeIs(3));
  EXPECT_THAT(result.lineage.tracks[2].parents, ElementsAre(1, 2));
  EXPECT_EQ(result.lineage.tracks[2].first_frame, 3);
  EXPECT_EQ(result.lineage.tracks[0].last_frame, 2);
  EXPECT_EQ(result.lineage.tracks[1].last_frame, 2);
  ASSERT_THAT(result.lineage.events, ElementsAre(Field(&Event::type, EventType::kCoalescence)));
  EXPECT_THAT(result.lineage.events[0].tracks, ElementsAre(1, 2));
  EXPECT_THAT(result.lineage.events[0].children, ElementsAre(3));
  EXPECT_EQ(result.lineage.events[0].frame, 3);
  EXPECT_GT(result.lineage.events[0].evidence.at("overlap_share"), 0.5);
  EXPECT_THAT(result.tracks, ElementsAre(ElementsAre(3)));
}

TEST(IdTracks, RecordThatThreeBecomeOne) {
  const Result result = tracked(
      sequence({{ids({{1, kLeft}, {2, kRight}, {3, {20, 29, 3}}}), 2}, {ids({{2, kBoth}}), 2}}));

  ASSERT_THAT(result.lineage.tracks, SizeIs(4));
  EXPECT_THAT(result.lineage.tracks[3].parents, ElementsAre(1, 2, 3));
}

TEST(IdTracks, AreLostWhereNothingCoversThem) {
  const Result result =
      tracked(sequence({{ids({{1, kLeft}, {2, kRight}}), 3}, {ids({{1, kLeft}}), 6}}));

  ASSERT_THAT(result.lineage.tracks, SizeIs(2));
  EXPECT_THAT(result.lineage.events, ElementsAre(Field(&Event::type, EventType::kLost)));
  EXPECT_EQ(result.lineage.tracks[1].last_frame, 2);
}

TEST(IdTracks, AreLostWhereLessThanHalfOfThemIsCovered) {
  const Result result =
      tracked(sequence({{ids({{1, kLeft}, {2, kRight}}), 3}, {ids({{1, {20, 24, 12}}}), 6}}));

  EXPECT_THAT(result.lineage.events, ElementsAre(Field(&Event::type, EventType::kLost)));
}

TEST(IdTracks, GoOnAfterAShortAbsence) {
  const LabelImage two = ids({{1, kLeft}, {2, kRight}});

  const Result result = tracked(sequence({{two, 3}, {ids({{1, kBoth}}), 3}, {two, 1}}));

  ASSERT_THAT(result.lineage.tracks, SizeIs(2));
  EXPECT_THAT(result.lineage.events, IsEmpty());
}

TEST(IdTracks, BeginANewTrackWhereAnIdComesBackLate) {
  const LabelImage two = ids({{1, kLeft}, {2, kRight}});

  const Result result = tracked(sequence({{two, 2}, {ids({{1, kLeft}}), 5}, {two, 1}}));

  ASSERT_THAT(result.lineage.tracks, SizeIs(3));
  EXPECT_EQ(result.lineage.tracks[2].first_frame, 7);
  EXPECT_THAT(result.lineage.tracks[2].parents, IsEmpty());
}

// What covers it had not been there before: it cannot have been a parent.
TEST(IdTracks, DoNotMergeWithWhatIsNew) {
  const Result result =
      tracked(sequence({{ids({{1, kLeft}, {2, kRight}}), 2}, {ids({{1, kLeft}, {5, kRight}}), 5}}));

  ASSERT_THAT(result.lineage.tracks, SizeIs(3));
  EXPECT_THAT(result.lineage.tracks[2].parents, IsEmpty());
}

// At the end all are decided at once: 2 vanishes into 1, and 1 vanishes two frames later.
TEST(IdTracks, DecideInTheOrderInWhichObjectsVanish) {
  const Result result = tracked(sequence({{ids({{1, kLeft}, {2, kRight}, {3, kFar}}), 2},
                                          {ids({{1, kBoth}, {3, kFar}}), 1},
                                          {ids({{3, kFar}}), 1}}));

  ASSERT_THAT(result.lineage.tracks, SizeIs(4));
  EXPECT_THAT(result.lineage.tracks[3].parents, ElementsAre(1, 2));
  EXPECT_EQ(result.lineage.tracks[3].last_frame, 2);
}

TEST(IdTracks, TellAllThatMergesWithinALongGap) {
  const Result result =
      tracked(sequence({{ids({{1, kLeft}, {2, kRight}}), 3}, {ids({{1, kBoth}}), 12}}),
              {.options = {.max_gap_frames = 9}});

  ASSERT_THAT(result.lineage.events, ElementsAre(Field(&Event::type, EventType::kCoalescence)));
  EXPECT_EQ(result.lineage.events[0].evidence.at("decided_frame"), 12);
  EXPECT_EQ(result.lineage.tracks[2].first_frame, 3);
  EXPECT_EQ(result.lineage.tracks[2].last_frame, 14);
}

TEST(IdTracks, LeaveWhereExcludedPixelsCutThem) {
  const Result result =
      tracked(sequence({{ids({{1, kLeft}, {2, kFar}}), 5}, {ids({{2, kFar}}), 6}}),
              {.excluded = columns(26, 3)});

  EXPECT_THAT(result.lineage.events, ElementsAre(Field(&Event::type, EventType::kLeft)));
}

// From left to right 2, 1, and, by a thin neck, 2.
TEST(IdTracks, HaveTheWidestOfTheirNecks) {
  const LabelImage frame = boxes(
      {{1, {10, 20, 20, 20}}, {2, {15, 10, 10, 10}}, {2, {19, 40, 3, 2}}, {2, {10, 42, 20, 10}}});

  const Result result = tracked(sequence({{frame, 1}}));

  const std::vector<TrackedNeck>& necks = result.frames[0].necks;
  ASSERT_THAT(necks, SizeIs(1));
  EXPECT_NEAR(necks[0].apart.x_px, -15, 0.01);
}

// What was track 1 is the younger one since it has taken in 3.
TEST(IdTracks, HaveNecksFromTheOlderToTheYounger) {
  const LabelImage three =
      boxes({{1, {10, 20, 20, 20}}, {2, {15, 40, 10, 10}}, {3, {15, 10, 10, 10}}});
  const LabelImage two = boxes({{1, {10, 10, 20, 30}}, {2, {15, 40, 10, 10}}});

  const Result result = tracked(sequence({{three, 1}, {two, 1}}));

  const std::vector<TrackedNeck>& necks = result.frames[1].necks;
  ASSERT_THAT(necks, SizeIs(1));
  EXPECT_EQ(necks[0].a, 2);
  EXPECT_EQ(necks[0].b, 4);
  EXPECT_NEAR(necks[0].apart.x_px, -20, 0.01);
}

TEST(IdTracks, HandBackWhatCoversPartsOfPixels) {
  const LabelImage labels = ids({{1, kLeft}});
  Grid<uint8_t> coverage(kField);
  std::transform(labels.values().begin(), labels.values().end(), coverage.values().begin(),
                 [](int32_t id) { return static_cast<uint8_t>(id != 0 ? 200 : 0); });
  IdTracks tracker({}, kField);

  tracker.push({.index = 0, .ids = labels, .coverage = coverage, .largest_id = 1});

  const TrackerOutput output = tracker.finish();
  EXPECT_EQ(output.frames.at(0).coverage, coverage);
}

// The drift jumps, 1 splits, and its pieces pass each other; 2 merges with 3, which 4 touches.
TEST(IdTracks, ContinueFromASavedStateToTheSameTracks) {
  const std::pair<int32_t, Disc> four = {4, {31, 39, 4}};
  const std::vector<LabelImage> frames = sequence(
      {{ids({{1, {12, 16, 9}}, {2, {33, 12, 5}}, {3, {31, 30, 8}}, four}), 2},
       {ids({{1, {9, 10, 6}}, {1, {15, 22, 6}}, {2, {32, 18, 5}}, {3, {31, 30, 8}}, four}), 2},
       {ids({{1, {15, 10, 6}}, {1, {9, 22, 6}}, {3, {31, 26, 10}}, four}), 9}});
  const id_frames::Setting straight = {.jump = {.y_px = 0, .x_px = 12}, .jump_in = 1};
  const Result whole = tracked(frames, straight);
  ASSERT_THAT(whole.lineage.events, SizeIs(2));

  for (const int64_t frame : {1, 3, 4, 5, 11}) {
    id_frames::Setting resumed = straight;
    resumed.resumed_after = frame;
    const Result parts = tracked(frames, resumed);

    EXPECT_EQ(parts.lineage, whole.lineage) << frame;
    EXPECT_EQ(parts.frames, whole.frames) << frame;
  }
}

TEST(IdTracks, RefuseAStateThatIsNotTheirOwn) {
  IdTracks tracker({}, kField);

  EXPECT_THROW(tracker.load_state("no state"), Error);
}

TEST(IdTracks, HandFramesBackLate) {
  const LabelImage frame = ids({{7, kLeft}});
  IdTracks tracker({.lag_frames = 5}, kField);

  for (int64_t i = 0; i < 5; ++i) {
    EXPECT_THAT(tracker.push({.index = i, .ids = frame, .largest_id = 7}).frames, IsEmpty());
  }
  const TrackerOutput output = tracker.push({.index = 5, .ids = frame, .largest_id = 7});

  ASSERT_THAT(output.frames, SizeIs(1));
  EXPECT_EQ(output.frames[0].index, 0);
  EXPECT_EQ(output.frames[0].labels, ids({{1, kLeft}}));
}

TEST(IdTracks, RefuseOptionsOutOfRange) {
  EXPECT_THROW(IdTracks({.max_gap_frames = -1}, kField), Error);
  EXPECT_THROW(IdTracks({.lag_frames = 3}, kField), Error);
  EXPECT_THROW(IdTracks({.min_merge_share = 0}, kField), Error);
  EXPECT_THROW(IdTracks({.confirm = -1}, kField), Error);
  EXPECT_THROW(IdTracks({.min_piece_share = 0.6}, kField), Error);
  EXPECT_THROW(IdTracks({.min_piece_area_px = 0}, kField), Error);
}

TEST(IdTracks, RefuseLabelsOfAnotherField) {
  IdTracks tracker({}, kField);

  EXPECT_THROW(tracker.push({.index = 0, .ids = LabelImage({3, 3}), .largest_id = 0}), Error);
}

}  // namespace
}  // namespace mote::track
