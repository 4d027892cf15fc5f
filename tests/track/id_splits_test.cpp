#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/track/id_frames.h"

namespace mote::track {
namespace {

using id_frames::ids;
using id_frames::kField;
using id_frames::repeated;
using id_frames::Result;
using id_frames::tracked;
using synthetic::Disc;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Disc kWhole = {20, 29, 11};
constexpr Disc kLeft = {20, 20, 8};
constexpr Disc kRight = {20, 38, 8};
constexpr Disc kTouchingRight = {20, 35, 8};

/// Two discs that touch, both of object 1.
const LabelImage& dumbbell() {
  static const LabelImage drawn = ids({{1, kLeft}, {1, kTouchingRight}});
  return drawn;
}

TEST(IdSplits, MakeTracksOfThePiecesOfAnObjectFromTheFrameOnInWhichItParted) {
  const Result result =
      tracked(repeated(ids({{1, kWhole}}), 3, ids({{1, kLeft}, {1, kRight}}), 11));

  ASSERT_THAT(result.lineage.tracks, SizeIs(3));
  EXPECT_EQ(result.lineage.tracks[0].last_frame, 2);
  EXPECT_EQ(result.lineage.tracks[1].first_frame, 3);
  EXPECT_EQ(result.lineage.tracks[2].first_frame, 3);
  EXPECT_THAT(result.lineage.tracks[1].parents, ElementsAre(1));
  EXPECT_THAT(result.lineage.tracks[2].parents, ElementsAre(1));
  ASSERT_THAT(result.lineage.events, SizeIs(1));
  const Event& split = result.lineage.events[0];
  EXPECT_EQ(split.type, EventType::kSplit);
  EXPECT_EQ(split.frame_before, 2);
  EXPECT_EQ(split.frame, 3);
  EXPECT_THAT(split.tracks, ElementsAre(1));
  EXPECT_THAT(split.children, ElementsAre(2, 3));
  EXPECT_EQ(split.evidence.at("decided_frame"), 13);
  EXPECT_NEAR(split.evidence.at("area_px2"), 380, 10);
  EXPECT_NEAR(split.evidence.at("area_after_px2"), 390, 15);
  EXPECT_THAT(result.frames[2].instances, SizeIs(1));
  EXPECT_EQ(result.frames[3].labels, ids({{1, kLeft}, {2, kRight}}));
  EXPECT_THAT(result.tracks, ElementsAre(ElementsAre(2), ElementsAre(3)));
}

TEST(IdSplits, AreDatedAfterTheLastFrameInWhichTheWholeWasSeen) {
  std::vector<LabelImage> frames = repeated(ids({{1, kWhole}}), 3, ids({{2, {5, 5, 2}}}), 2);
  frames.insert(frames.end(), 11, ids({{1, kLeft}, {1, kRight}}));

  const Result result = tracked(frames);

  const auto split = std::find_if(result.lineage.events.begin(), result.lineage.events.end(),
                                  [](const Event& e) { return e.type == EventType::kSplit; });
  ASSERT_NE(split, result.lineage.events.end());
  EXPECT_EQ(split->frame_before, 2);
  EXPECT_EQ(split->frame, 5);
}

TEST(IdSplits, TellWhoeverFollowsThePieces) {
  const Result result =
      tracked(repeated(ids({{1, kWhole}, {4, {5, 50, 4}}}), 1,
                       ids({{1, {20, 20, 7}}, {1, {20, 38, 9}}, {4, {5, 50, 4}}}), 11));

  ASSERT_THAT(result.parted, SizeIs(1));
  EXPECT_EQ(result.parted[0].id, 1);
  LabelImage painted(kField);
  for (const auto& [id, mask] : result.parted[0].pieces) {
    paint(painted, mask, id);
  }
  EXPECT_EQ(painted, ids({{5, {20, 20, 7}}, {1, {20, 38, 9}}}));
}

TEST(IdSplits, GoOnUnderTheNewIdsOfThePieces) {
  std::vector<LabelImage> frames =
      repeated(ids({{1, kWhole}}), 3, ids({{1, kLeft}, {1, kRight}}), 11);
  frames.push_back(ids({{1, kLeft}, {2, kRight}}));

  const Result result = tracked(frames);

  EXPECT_THAT(result.lineage.tracks, SizeIs(3));
  EXPECT_THAT(result.tracks, ElementsAre(ElementsAre(2), ElementsAre(3)));
}

TEST(IdSplits, TellThreePieces) {
  const LabelImage apart = ids({{1, {14, 22, 6}}, {1, {14, 36, 6}}, {1, {26, 29, 6}}});

  const Result result = tracked(repeated(ids({{1, kWhole}}), 3, apart, 11));

  ASSERT_THAT(result.lineage.tracks, SizeIs(4));
  EXPECT_THAT(result.lineage.events, ElementsAre(Field(&Event::children, ElementsAre(2, 3, 4))));
}

TEST(IdSplits, KnowThePiecesAgainAsTheyMove) {
  std::vector<LabelImage> frames = repeated(ids({{1, kWhole}}), 3, {}, 0);
  for (int64_t i = 0; i < 11; ++i) {
    const auto moved = 0.5 * static_cast<double>(i);
    // Which piece comes first in the image changes.
    frames.push_back(ids({{1, {18 + moved, 20, 8}}, {1, {22 - moved, 38, 8}}}));
  }

  const Result result = tracked(frames);

  ASSERT_THAT(result.frames, SizeIs(14));
  const auto tracks_at = [&](size_t frame, int64_t y, int64_t x) {
    const auto label = static_cast<size_t>(result.frames[frame].labels(y, x));
    return result.frames[frame].instances.at(label - 1).tracks;
  };
  EXPECT_EQ(tracks_at(3, 18, 20), tracks_at(13, 23, 20));
  EXPECT_EQ(tracks_at(3, 22, 38), tracks_at(13, 17, 38));
  EXPECT_NE(tracks_at(3, 18, 20), tracks_at(3, 22, 38));
}

TEST(IdSplits, AreNoneWhereThePiecesComeTogetherAgain) {
  std::vector<LabelImage> frames =
      repeated(ids({{1, kWhole}}), 3, ids({{1, kLeft}, {1, kRight}}), 9);
  frames.push_back(ids({{1, kWhole}}));
  frames.insert(frames.end(), 9, ids({{1, kLeft}, {1, kRight}}));

  const Result result = tracked(frames);

  EXPECT_THAT(result.lineage.tracks, SizeIs(1));
  EXPECT_THAT(result.lineage.events, IsEmpty());
}

// DeAOT may give the id of a particle to another that looks like it.
TEST(IdSplits, AreNoneWhereAnotherParticleIsTakenForAPiece) {
  const Result result =
      tracked(repeated(ids({{1, {20, 12, 8}}}), 3, ids({{1, {20, 12, 8}}, {1, {20, 45, 5}}}), 15));

  EXPECT_THAT(result.lineage.tracks, SizeIs(1));
  EXPECT_THAT(result.lineage.events, IsEmpty());
}

TEST(IdSplits, AreNoneWherePiecesAreMoreThanTheWhole) {
  const Result result = tracked(
      repeated(ids({{1, {20, 29, 8}}}), 3, ids({{1, {20, 23, 7.8}}, {1, {20, 40, 8.2}}}), 15));

  EXPECT_THAT(result.lineage.events, IsEmpty());
}

TEST(IdSplits, AreNoneOfWhatWasNeverWhole) {
  const Result result = tracked(repeated(ids({{1, kLeft}, {1, kRight}}), 15, {}, 0));

  EXPECT_THAT(result.lineage.tracks, SizeIs(1));
  EXPECT_THAT(result.frames[0].instances, SizeIs(1));
}

TEST(IdSplits, LeaveCrumbsWithTheObject) {
  const Result result =
      tracked(repeated(ids({{1, kWhole}}), 3, ids({{1, {20, 27, 10}}, {1, {20, 42, 3}}}), 15));

  EXPECT_THAT(result.lineage.tracks, SizeIs(1));
}

TEST(IdSplits, ArePiecesThatAreFoundAnewWhereTheTrackHadBeen) {
  std::vector<LabelImage> frames = repeated(dumbbell(), 4, ids({{1, kLeft}}), 2);
  frames.insert(frames.end(), 3, ids({{1, kLeft}, {2, {20, 37, 8}}}));

  const Result result = tracked(frames);

  ASSERT_THAT(result.lineage.tracks, SizeIs(3));
  EXPECT_EQ(result.lineage.tracks[0].last_frame, 5);
  EXPECT_THAT(result.lineage.tracks[1].parents, ElementsAre(1));
  EXPECT_THAT(result.lineage.tracks[2].parents, ElementsAre(1));
  ASSERT_THAT(result.lineage.events, SizeIs(1));
  const Event& split = result.lineage.events[0];
  EXPECT_EQ(split.type, EventType::kSplit);
  EXPECT_EQ(split.frame_before, 3);
  EXPECT_EQ(split.frame, 6);
  EXPECT_THAT(split.children, ElementsAre(2, 3));
  EXPECT_EQ(split.confidence, 1);
  EXPECT_NEAR(split.evidence.at("area_px2"), 390, 15);
  EXPECT_THAT(result.parted, IsEmpty());
}

TEST(IdSplits, FollowTheDrift) {
  IdTracks tracker({}, kField);
  const LabelImage before = ids({{1, {12, 12, 8}}, {1, {12, 27, 8}}});
  const LabelImage after = ids({{1, {27, 22, 8}}, {2, {27, 39, 8}}});
  tracker.push({.index = 0, .ids = before, .largest_id = 1});

  const TrackerOutput output =
      tracker.push({.index = 1, .time = 1, .ids = after, .drift = {15, 10}, .largest_id = 2});

  EXPECT_THAT(output.events, ElementsAre(Field(&Event::type, EventType::kSplit)));
}

// Its area has not fallen: the track has gone elsewhere.
TEST(IdSplits, AreNoneWhereATrackMadeRoom) {
  const Result result =
      tracked(repeated(ids({{1, {20, 30, 10}}}), 4, ids({{1, {20, 14, 10}}, {2, {20, 32, 6}}}), 4));

  ASSERT_THAT(result.lineage.tracks, SizeIs(2));
  EXPECT_THAT(result.lineage.events, ElementsAre(Field(&Event::type, EventType::kAppeared)));
}

// Object 2 vanishes into 1 and is found anew as 3.
TEST(IdSplits, AreNoneWhereWhatVanishedIsFoundAgain) {
  std::vector<LabelImage> frames =
      repeated(ids({{1, kLeft}, {2, kTouchingRight}}), 3, dumbbell(), 2);
  frames.insert(frames.end(), 3, ids({{1, kLeft}, {3, kTouchingRight}}));

  const Result result = tracked(frames);

  EXPECT_THAT(result.lineage.events, Each(Field(&Event::type, testing::Ne(EventType::kSplit))));
}

TEST(IdSplits, ContinueFromASavedStateToTheSameTracks) {
  const std::vector<LabelImage> frames =
      repeated(ids({{1, kWhole}}), 3, ids({{1, kLeft}, {1, kRight}}), 12);
  IdTracks first({}, kField);
  IdTracks second({}, kField);
  LineageBuilder of_parts;
  for (int64_t i = 0; i < 8; ++i) {
    of_parts.add(first.push(id_frames::frame_of(frames, i)));
  }

  second.load_state(first.save_state());

  for (int64_t i = 8; i < 15; ++i) {
    of_parts.add(second.push(id_frames::frame_of(frames, i)));
  }
  of_parts.add(second.finish());
  EXPECT_EQ(of_parts.build(), tracked(frames).lineage);
}

}  // namespace
}  // namespace mote::track
