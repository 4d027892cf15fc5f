#include "mote/track/id_tracks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "tests/track/id_frames.h"

namespace mote::track {
namespace {

using id_frames::ids;
using id_frames::kField;
using id_frames::repeated;
using id_frames::Result;
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
  const LabelImage frame = ids({{7, kLeft}, {9, kRight}});

  const Result result = tracked(repeated(frame, 3, frame, 0));

  ASSERT_THAT(result.lineage.tracks, SizeIs(2));
  EXPECT_EQ(result.lineage.tracks[0].first_frame, 0);
  EXPECT_EQ(result.lineage.tracks[0].last_frame, 2);
  EXPECT_THAT(result.lineage.events, IsEmpty());
  EXPECT_THAT(result.tracks, ElementsAre(ElementsAre(1), ElementsAre(2)));
}

TEST(IdTracks, RecordAMergeWithBothParentsWhereAnObjectVanishesIntoAnother) {
  const Result result = tracked(repeated(ids({{1, kLeft}, {2, kRight}}), 3, ids({{1, kBoth}}), 6));

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
  const Result result =
      tracked(repeated(ids({{1, kLeft}, {2, kRight}, {3, {20, 29, 3}}}), 2, ids({{2, kBoth}}), 2));

  ASSERT_THAT(result.lineage.tracks, SizeIs(4));
  EXPECT_THAT(result.lineage.tracks[3].parents, ElementsAre(1, 2, 3));
}

TEST(IdTracks, AreLostWhereNothingCoversThem) {
  const Result result = tracked(repeated(ids({{1, kLeft}, {2, kRight}}), 3, ids({{1, kLeft}}), 6));

  ASSERT_THAT(result.lineage.tracks, SizeIs(2));
  EXPECT_THAT(result.lineage.events, ElementsAre(Field(&Event::type, EventType::kLost)));
  EXPECT_EQ(result.lineage.tracks[1].last_frame, 2);
}

TEST(IdTracks, GoOnAfterAShortAbsence) {
  std::vector<LabelImage> frames =
      repeated(ids({{1, kLeft}, {2, kRight}}), 3, ids({{1, kBoth}}), 3);
  frames.push_back(ids({{1, kLeft}, {2, kRight}}));

  const Result result = tracked(frames);

  ASSERT_THAT(result.lineage.tracks, SizeIs(2));
  EXPECT_THAT(result.lineage.events, IsEmpty());
}

TEST(IdTracks, BeginANewTrackWhereAnIdComesBackLate) {
  std::vector<LabelImage> frames =
      repeated(ids({{1, kLeft}, {2, kRight}}), 2, ids({{1, kLeft}}), 5);
  frames.push_back(ids({{1, kLeft}, {2, kRight}}));

  const Result result = tracked(frames);

  ASSERT_THAT(result.lineage.tracks, SizeIs(3));
  EXPECT_EQ(result.lineage.tracks[2].first_frame, 7);
  EXPECT_THAT(result.lineage.tracks[2].parents, IsEmpty());
}

// What covers it had not been there before: it cannot have been a parent.
TEST(IdTracks, DoNotMergeWithWhatIsNew) {
  const Result result =
      tracked(repeated(ids({{1, kLeft}, {2, kRight}}), 2, ids({{1, kLeft}, {5, kRight}}), 5));

  ASSERT_THAT(result.lineage.tracks, SizeIs(3));
  EXPECT_THAT(result.lineage.tracks[2].parents, IsEmpty());
}

// At the end all are decided at once: 2 vanishes into 1, and 1 vanishes two frames later.
TEST(IdTracks, DecideInTheOrderInWhichObjectsVanish) {
  std::vector<LabelImage> frames =
      repeated(ids({{1, kLeft}, {2, kRight}, {3, kFar}}), 2, ids({{1, kBoth}, {3, kFar}}), 1);
  frames.push_back(ids({{3, kFar}}));

  const Result result = tracked(frames);

  ASSERT_THAT(result.lineage.tracks, SizeIs(4));
  EXPECT_THAT(result.lineage.tracks[3].parents, ElementsAre(1, 2));
  EXPECT_EQ(result.lineage.tracks[3].last_frame, 2);
}

TEST(IdTracks, ContinueFromASavedStateToTheSameTracks) {
  const std::vector<LabelImage> frames =
      repeated(ids({{1, kLeft}, {2, kRight}}), 3, ids({{1, kBoth}}), 6);
  IdTracks whole({}, kField);
  IdTracks first({}, kField);
  IdTracks second({}, kField);
  LineageBuilder of_whole;
  LineageBuilder of_parts;
  for (int64_t i = 0; i < 9; ++i) {
    of_whole.add(whole.push(id_frames::frame_of(frames, i)));
  }
  for (int64_t i = 0; i < 5; ++i) {
    of_parts.add(first.push(id_frames::frame_of(frames, i)));
  }

  second.load_state(first.save_state());

  for (int64_t i = 5; i < 9; ++i) {
    of_parts.add(second.push(id_frames::frame_of(frames, i)));
  }
  of_whole.add(whole.finish());
  of_parts.add(second.finish());
  EXPECT_EQ(of_whole.build(), of_parts.build());
  EXPECT_THROW(second.load_state("no state"), Error);
}

TEST(IdTracks, HandFramesBackLate) {
  const LabelImage frame = ids({{7, kLeft}});
  IdTracks tracker({.lag_frames = 5}, kField);
  const std::vector<LabelImage> frames = repeated(frame, 6, frame, 0);

  for (int64_t i = 0; i < 5; ++i) {
    EXPECT_THAT(tracker.push(id_frames::frame_of(frames, i)).frames, IsEmpty());
  }
  const TrackerOutput output = tracker.push(id_frames::frame_of(frames, 5));

  ASSERT_THAT(output.frames, SizeIs(1));
  EXPECT_EQ(output.frames[0].index, 0);
  EXPECT_EQ(output.frames[0].labels, ids({{1, kLeft}}));
}

TEST(IdTracks, RefuseOptionsOutOfRange) {
  EXPECT_THROW(IdTracks({.max_gap_frames = 5}, kField), Error);
  EXPECT_THROW(IdTracks({.lag_frames = 3}, kField), Error);
  EXPECT_THROW(IdTracks({.min_piece_share = 0.6}, kField), Error);
}

TEST(IdTracks, RefuseLabelsOfAnotherField) {
  IdTracks tracker({}, kField);

  EXPECT_THROW(tracker.push({.index = 0, .ids = LabelImage({3, 3}), .largest_id = 0}), Error);
}

}  // namespace
}  // namespace mote::track
