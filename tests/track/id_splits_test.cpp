#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/track/id_frames.h"

namespace mote::track {
namespace {

using id_frames::boxes;
using id_frames::columns;
using id_frames::ids;
using id_frames::kField;
using id_frames::Result;
using id_frames::ring_and_core;
using id_frames::sequence;
using id_frames::tracked;
using synthetic::Disc;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

constexpr Disc kWhole = {20, 29, 11};
constexpr Disc kLeft = {20, 20, 8};
constexpr Disc kRight = {20, 38, 8};

const LabelImage& whole() {
  static const LabelImage drawn = ids({{1, kWhole}});
  return drawn;
}

/// The same object in two pieces.
const LabelImage& apart() {
  static const LabelImage drawn = ids({{1, kLeft}, {1, kRight}});
  return drawn;
}

/// Object 2 lies beside 1, beside the smaller piece of 1, and has become a part of that.
constexpr Disc kSmallRight = {20, 37, 7};

const LabelImage& whole_beside_two() {
  static const LabelImage drawn = ids({{1, kWhole}, {2, {20, 50, 3}}});
  return drawn;
}

const LabelImage& pieces_beside_two() {
  static const LabelImage drawn = ids({{1, kLeft}, {1, kSmallRight}, {2, {20, 47, 3}}});
  return drawn;
}

const LabelImage& pieces_with_two() {
  static const LabelImage drawn = ids({{1, kLeft}, {1, kSmallRight}, {1, {20, 46, 3}}});
  return drawn;
}

testing::Matcher<Event> is_split(int64_t frame, const std::vector<int32_t>& tracks,
                                 const std::vector<int32_t>& children) {
  return AllOf(Field(&Event::type, EventType::kSplit), Field(&Event::frame, frame),
               Field(&Event::tracks, tracks), Field(&Event::children, children));
}

testing::Matcher<Event> is_merge(int64_t frame, const std::vector<int32_t>& tracks,
                                 const std::vector<int32_t>& children) {
  return AllOf(Field(&Event::type, EventType::kCoalescence), Field(&Event::frame, frame),
               Field(&Event::tracks, tracks), Field(&Event::children, children));
}

TEST(IdSplits, MakeTracksOfThePiecesOfAnObjectFromTheFrameOnInWhichItParted) {
  const Result result = tracked(sequence({{whole(), 3}, {apart(), 11}}));

  ASSERT_THAT(result.lineage.tracks, SizeIs(3));
  EXPECT_EQ(result.lineage.tracks[0].last_frame, 2);
  EXPECT_EQ(result.lineage.tracks[1].first_frame, 3);
  EXPECT_EQ(result.lineage.tracks[2].first_frame, 3);
  EXPECT_THAT(result.lineage.tracks[1].parents, ElementsAre(1));
  EXPECT_THAT(result.lineage.tracks[2].parents, ElementsAre(1));
  ASSERT_THAT(result.lineage.events, ElementsAre(is_split(3, {1}, {2, 3})));
  const Event& split = result.lineage.events[0];
  EXPECT_EQ(split.frame_before, 2);
  EXPECT_EQ(split.evidence.at("decided_frame"), 13);
  EXPECT_NEAR(split.evidence.at("area_px2"), 380, 10);
  EXPECT_NEAR(split.evidence.at("area_after_px2"), 390, 15);
  EXPECT_THAT(result.frames[2].instances, SizeIs(1));
  EXPECT_EQ(result.frames[3].labels, ids({{1, kLeft}, {2, kRight}}));
  EXPECT_THAT(result.tracks, ElementsAre(ElementsAre(2), ElementsAre(3)));
}

TEST(IdSplits, AreBelievedAfterTheLagIfThatIsSoonerThanConfirm) {
  const Result result = tracked(sequence({{whole(), 3}, {apart(), 13}}),
                                {.options = {.confirm = 40, .lag_frames = 12}});

  ASSERT_THAT(result.lineage.events, ElementsAre(is_split(3, {1}, {2, 3})));
  EXPECT_EQ(result.lineage.events[0].evidence.at("decided_frame"), 15);
}

TEST(IdSplits, AreDatedAfterTheLastFrameInWhichTheWholeWasSeen) {
  const Result result =
      tracked(sequence({{whole(), 3}, {ids({{2, {5, 5, 2}}}), 2}, {apart(), 11}}));

  ASSERT_THAT(result.events(EventType::kSplit), SizeIs(1));
  EXPECT_EQ(result.events(EventType::kSplit)[0].frame_before, 2);
  EXPECT_EQ(result.events(EventType::kSplit)[0].frame, 5);
}

TEST(IdSplits, MustLastWithoutABreak) {
  const Result result =
      tracked(sequence({{whole(), 3}, {apart(), 6}, {LabelImage(kField), 1}, {apart(), 11}}));

  ASSERT_THAT(result.lineage.events, ElementsAre(is_split(10, {1}, {2, 3})));
  EXPECT_EQ(result.lineage.events[0].frame_before, 8);
}

TEST(IdSplits, TellWhoeverFollowsThePieces) {
  const Disc other = {5, 50, 4};
  const Result result =
      tracked(sequence({{ids({{1, kWhole}, {4, other}}), 1},
                        {ids({{1, {20, 20, 7}}, {1, {20, 38, 9}}, {4, other}}), 11}}));

  ASSERT_THAT(result.parted, SizeIs(1));
  EXPECT_EQ(result.parted[0].id, 1);
  const std::map<int32_t, Mask> expected = masks_of(ids({{1, {20, 38, 9}}, {5, {20, 20, 7}}}));
  EXPECT_THAT(result.parted[0].pieces,
              ElementsAre(Pair(1, expected.at(1)), Pair(5, expected.at(5))));
}

TEST(IdSplits, GiveAllPiecesOfAFrameIdsOfTheirOwn) {
  const Result result = tracked(sequence(
      {{ids({{1, {9, 20, 8}}, {2, {30, 20, 8}}}), 1},
       {ids({{1, {9, 13, 6}}, {1, {9, 27, 6}}, {2, {30, 13, 6}}, {2, {30, 27, 6}}}), 11}}));

  EXPECT_THAT(result.lineage.tracks, SizeIs(6));
  ASSERT_THAT(result.parted, SizeIs(2));
  EXPECT_EQ(result.parted[0].pieces[1].first, 3);
  EXPECT_EQ(result.parted[1].pieces[1].first, 4);
}

TEST(IdSplits, GoOnUnderTheNewIdsOfThePieces) {
  const Result result =
      tracked(sequence({{whole(), 3}, {apart(), 11}, {ids({{1, kLeft}, {2, kRight}}), 1}}));

  EXPECT_THAT(result.lineage.tracks, SizeIs(3));
  EXPECT_THAT(result.tracks, ElementsAre(ElementsAre(2), ElementsAre(3)));
}

TEST(IdSplits, AreToldOfPiecesThatSplitAtOnceThoughTheDriftHasMovedThem) {
  const Result result =
      tracked(sequence({{whole(), 3},
                        {apart(), 11},
                        {ids({{1, kLeft}, {2, {14, 38, 5.5}}, {2, {26, 38, 5.5}}}), 11}}),
              {.jump = {.y_px = 0, .x_px = 9}, .jump_in = 3});

  EXPECT_THAT(result.lineage.events,
              ElementsAre(is_split(3, {1}, {2, 3}), is_split(14, {3}, {4, 5})));
}

TEST(IdSplits, TellThreePieces) {
  const LabelImage three = ids({{1, {14, 22, 6}}, {1, {14, 36, 6}}, {1, {26, 29, 6}}});

  const Result result = tracked(sequence({{whole(), 3}, {three, 11}}));

  ASSERT_THAT(result.lineage.tracks, SizeIs(4));
  EXPECT_THAT(result.lineage.events, ElementsAre(is_split(3, {1}, {2, 3, 4})));
}

TEST(IdSplits, KnowThePiecesAgainAsTheyMove) {
  std::vector<LabelImage> frames = sequence({{whole(), 3}});
  for (int64_t i = 0; i < 11; ++i) {
    const auto moved = 0.5 * static_cast<double>(i);
    // Which piece comes first in the image changes.
    frames.push_back(ids({{1, {18 + moved, 20, 8}}, {1, {22 - moved, 38, 8}}}));
  }

  const Result result = tracked(frames);

  ASSERT_THAT(result.frames, SizeIs(14));
  EXPECT_EQ(result.tracks_at(3, 18, 20), result.tracks_at(13, 23, 20));
  EXPECT_EQ(result.tracks_at(3, 22, 38), result.tracks_at(13, 17, 38));
  EXPECT_NE(result.tracks_at(3, 18, 20), result.tracks_at(3, 22, 38));
}

// Where the drift takes the one, the other was.
TEST(IdSplits, KnowThePiecesAgainAsTheyDrift) {
  const Result result = tracked(sequence({{ids({{1, {20, 16, 10}}}), 1},
                                          {ids({{1, {16, 8, 7}}, {1, {24, 24, 7}}}), 5},
                                          {ids({{1, {24, 8, 7}}, {1, {16, 24, 7}}}), 6}}),
                                {.jump = {.y_px = 0, .x_px = 16}, .jump_in = 6});

  ASSERT_THAT(result.lineage.events, ElementsAre(is_split(1, {1}, {2, 3})));
  EXPECT_EQ(result.tracks_at(5, 16, 8), result.tracks_at(6, 24, 24));
  EXPECT_EQ(result.tracks_at(5, 24, 24), result.tracks_at(6, 16, 40));
}

// Each goes where the other's centre was.
TEST(IdSplits, TellPiecesOfOneCentreApart) {
  const Result result = tracked(sequence({{ids({{1, {20, 30, 15}}}), 3},
                                          {ring_and_core(30, 30), 4},
                                          {ring_and_core(29, 30), 1},
                                          {ring_and_core(30, 29), 6}}));

  ASSERT_THAT(result.lineage.events, ElementsAre(is_split(3, {1}, {2, 3})));
  EXPECT_NE(result.tracks_at(3, 20, 30), result.tracks_at(3, 7, 30));
  EXPECT_EQ(result.tracks_at(7, 20, 30), result.tracks_at(3, 20, 30));
  EXPECT_EQ(result.tracks_at(8, 20, 30), result.tracks_at(3, 20, 30));
  EXPECT_EQ(result.tracks_at(8, 7, 30), result.tracks_at(3, 7, 30));
}

TEST(IdSplits, AreNoneOfWhatVanishesTooEarly) {
  const Result result = tracked(sequence({{whole(), 3}, {apart(), 9}, {LabelImage(kField), 5}}));

  EXPECT_THAT(result.lineage.events, ElementsAre(Field(&Event::type, EventType::kLost)));
}

TEST(IdSplits, AreNoneWhereThePiecesComeTogetherAgain) {
  const Result result = tracked(sequence({{whole(), 3}, {apart(), 9}, {whole(), 1}, {apart(), 9}}));

  EXPECT_THAT(result.lineage.tracks, SizeIs(1));
  EXPECT_THAT(result.lineage.events, IsEmpty());
}

// DeAOT may give the id of a particle to another that looks like it.
TEST(IdSplits, AreNoneWhereAnotherParticleIsTakenForAPiece) {
  const Result result = tracked(
      sequence({{ids({{1, {20, 12, 8}}}), 3}, {ids({{1, {20, 12, 8}}, {1, {20, 45, 5}}}), 15}}));

  EXPECT_THAT(result.lineage.tracks, SizeIs(1));
  EXPECT_THAT(result.lineage.events, IsEmpty());
}

// Each lies by half on the whole: 14 columns where there were 8.
TEST(IdSplits, AreNoneWherePiecesAreMoreThanTheWhole) {
  const Result result =
      tracked(sequence({{boxes({{1, {5, 26, 30, 8}}}), 3},
                        {boxes({{1, {5, 22, 30, 8}}, {1, {5, 31, 30, 6}}}), 15}}));

  EXPECT_THAT(result.lineage.events, IsEmpty());
}

TEST(IdSplits, AreNoneWherePiecesAreLessThanTheWhole) {
  const Result result =
      tracked(sequence({{whole(), 3}, {ids({{1, {20, 23, 5}}, {1, {20, 35, 5}}}), 15}}));

  EXPECT_THAT(result.lineage.events, IsEmpty());
}

TEST(IdSplits, AreNoneOfWhatWasNeverWhole) {
  const Result result = tracked(sequence({{apart(), 15}}));

  EXPECT_THAT(result.lineage.tracks, SizeIs(1));
  EXPECT_THAT(result.frames[0].instances, SizeIs(1));
}

TEST(IdSplits, LeaveCrumbsWithTheObject) {
  const LabelImage crumb = ids({{1, {20, 25, 10}}, {1, {20, 39, 3}}});

  const Result result = tracked(sequence({{whole(), 3}, {crumb, 15}}));

  EXPECT_THAT(result.lineage.tracks, SizeIs(1));
}

TEST(IdSplits, HavePiecesOfTheLeastAreaThatIsAskedFor) {
  const Result result =
      tracked(sequence({{whole(), 3}, {apart(), 15}}), {.options = {.min_piece_area_px = 210}});

  EXPECT_THAT(result.lineage.events, IsEmpty());
}

// A scale bar.
TEST(IdSplits, AreNoneWhereExcludedPixelsLieBetweenThePieces) {
  std::vector<LabelImage> frames;
  for (int64_t i = 0; i < 30; ++i) {
    frames.push_back(ids({{1, {20, std::min(12.0 + static_cast<double>(i), 29.0), 10}}}));
  }

  const Result result = tracked(frames, {.excluded = columns(28, 3)});

  EXPECT_THAT(result.lineage.events, IsEmpty());
  EXPECT_THAT(result.parted, IsEmpty());
}

TEST(IdSplits, AreToldAtTheBorder) {
  const Result result = tracked(
      sequence({{ids({{1, {3, 29, 11}}}), 3}, {ids({{1, {3, 20, 8}}, {1, {3, 38, 8}}}), 11}}));

  EXPECT_THAT(result.lineage.events, ElementsAre(is_split(3, {1}, {2, 3})));
}

// Object 2 vanishes into the smaller piece, the one under a new id, before the split is known.
TEST(IdSplits, AreDecidedBeforeMergesWithTheirPieces) {
  const Result result =
      tracked(sequence({{whole_beside_two(), 3},
                        {pieces_beside_two(), 3},
                        {pieces_with_two(), 8},
                        {ids({{1, kLeft}, {3, kSmallRight}, {3, {20, 46, 3}}}), 3}}));

  EXPECT_THAT(result.lineage.events,
              ElementsAre(is_split(3, {1}, {3, 4}), is_merge(6, {2, 4}, {5})));
  EXPECT_THAT(result.tracks, ElementsAre(ElementsAre(3), ElementsAre(5)));
}

TEST(IdSplits, DoNotKeepMergesFromBeingToldAtTheEnd) {
  const Result result = tracked(
      sequence({{whole_beside_two(), 3}, {pieces_beside_two(), 3}, {pieces_with_two(), 5}}));

  EXPECT_THAT(result.lineage.events, ElementsAre(is_merge(6, {1, 2}, {3})));
}

TEST(IdSplits, WaitForMergesThatCameBefore) {
  const LabelImage two = ids({{1, kWhole}, {2, {20, 43, 3}}});
  const LabelImage one = ids({{1, kWhole}, {1, {20, 42, 3}}});

  const Result result =
      tracked(sequence({{two, 3}, {one, 1}, {apart(), 3}, {ids({{1, kLeft}, {3, kRight}}), 4}}),
              {.options = {.confirm = 1}});

  EXPECT_THAT(result.lineage.events,
              ElementsAre(is_merge(3, {1, 2}, {3}), is_split(4, {3}, {4, 5})));
}

TEST(IdSplits, AreToldOfWhatHasMergedAFrameBefore) {
  const LabelImage two = ids({{1, kLeft}, {2, kRight}});
  const LabelImage split = ids({{1, {20, 18, 10}}, {1, {20, 40, 10}}});

  const auto frames = sequence({{two, 3}, {ids({{1, {20, 29, 14}}}), 1}, {split, 11}});

  const Result result = tracked(frames);

  EXPECT_THAT(result.lineage.events,
              ElementsAre(is_merge(3, {1, 2}, {3}), is_split(4, {3}, {4, 5})));
  EXPECT_EQ(tracked(frames, {.resumed_after = 4}).lineage, result.lineage);
}

// What was whole was one of the two alone.
TEST(IdSplits, AreNoneOfWhatIsInPiecesWhenItMerges) {
  const Result result = tracked(sequence(
      {{ids({{1, kWhole}, {2, {20, 43, 3}}}), 3}, {ids({{1, kLeft}, {1, {20, 37, 8}}}), 15}}));

  EXPECT_THAT(result.lineage.events, ElementsAre(is_merge(3, {1, 2}, {3})));
}

}  // namespace
}  // namespace mote::track
