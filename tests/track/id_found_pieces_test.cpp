#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/track/id_frames.h"

namespace mote::track {
namespace {

using id_frames::ids;
using id_frames::Result;
using id_frames::sequence;
using id_frames::tracked;
using synthetic::Disc;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Disc kLeft = {20, 20, 8};
constexpr Disc kTouchingRight = {20, 35, 8};

/// Two discs that touch, both of object 1.
const LabelImage& dumbbell() {
  static const LabelImage drawn = ids({{1, kLeft}, {1, kTouchingRight}});
  return drawn;
}

TEST(IdFoundPieces, AreThoseOfASplitWhereATrackHadBeen) {
  const Result result = tracked(sequence(
      {{dumbbell(), 4}, {ids({{1, kLeft}}), 2}, {ids({{1, kLeft}, {2, {20, 37, 8}}}), 3}}));

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

// In one of three frames since, the track had as much area as before, though elsewhere.
TEST(IdFoundPieces, AreAsSureAsTheFramesSinceSay) {
  const Result result = tracked(sequence({{dumbbell(), 4},
                                          {ids({{1, {20, 17, 11}}}), 1},
                                          {ids({{1, kLeft}}), 1},
                                          {ids({{1, kLeft}, {2, {20, 37, 8}}}), 3}}));

  ASSERT_THAT(result.events(EventType::kSplit), SizeIs(1));
  EXPECT_NEAR(result.events(EventType::kSplit)[0].confidence, 2.0 / 3, 1e-9);
}

TEST(IdFoundPieces, MayHaveBeenLostOneAfterTheOther) {
  const Disc a = {20, 14, 6};
  const Disc b = {20, 25, 6};
  const Disc c = {20, 36, 6};

  const Result result = tracked(sequence({{ids({{1, a}, {1, b}, {1, c}}), 3},
                                          {ids({{1, a}, {1, b}}), 2},
                                          {ids({{1, a}}), 2},
                                          {ids({{1, a}, {2, b}, {3, c}}), 3}}));

  ASSERT_THAT(result.lineage.events, ElementsAre(Field(&Event::children, ElementsAre(2, 3, 4))));
  EXPECT_EQ(result.lineage.events[0].frame_before, 2);
}

TEST(IdFoundPieces, FollowTheDrift) {
  const Result result = tracked(sequence({{ids({{1, {12, 12, 8}}, {1, {12, 27, 8}}}), 1},
                                          {ids({{1, {12, 12, 8}}, {2, {12, 29, 8}}}), 1}}),
                                {.jump = {.y_px = 15, .x_px = 10}, .jump_in = 1});

  EXPECT_THAT(result.lineage.events, ElementsAre(Field(&Event::type, EventType::kSplit)));
}

TEST(IdFoundPieces, LeaveARestThatMaySplitAgain) {
  const std::pair<int32_t, Disc> a = {1, {14, 21, 7.5}};
  const std::pair<int32_t, Disc> b = {1, {27, 35, 7.5}};

  const Result result = tracked(sequence(
      {{ids({{1, {20, 29, 12}}}), 3}, {ids({a, b}), 3}, {ids({a, b, {2, {12, 37, 5.5}}}), 12}}));

  ASSERT_THAT(result.events(EventType::kSplit), SizeIs(2));
  EXPECT_EQ(result.events(EventType::kSplit)[0].frame, 6);
  EXPECT_EQ(result.events(EventType::kSplit)[1].frame, 7);
}

// Its area has not fallen: the track has gone elsewhere.
TEST(IdFoundPieces, AreNoneWhereATrackMadeRoom) {
  const Result result = tracked(
      sequence({{ids({{1, {20, 30, 10}}}), 4}, {ids({{1, {20, 14, 10}}, {2, {20, 32, 6}}}), 4}}));

  ASSERT_THAT(result.lineage.tracks, SizeIs(2));
  EXPECT_THAT(result.lineage.events, ElementsAre(Field(&Event::type, EventType::kAppeared)));
}

// The border took its area.
TEST(IdFoundPieces, AreNoneWhereATrackLeaves) {
  const Result result = tracked(sequence({{ids({{1, {20, 49, 9}}}), 4},
                                          {ids({{1, {20, 55, 9}}}), 3},
                                          {ids({{1, {20, 61, 9}}}), 3},
                                          {ids({{1, {20, 61, 9}}, {2, {20, 44, 6}}}), 3}}));

  EXPECT_THAT(result.lineage.events, ElementsAre(Field(&Event::type, EventType::kAppeared)));
}

TEST(IdFoundPieces, AreNoneWhereBothAreLessThanTheWhole) {
  const Result result = tracked(
      sequence({{ids({{1, {20, 29, 11}}}), 4}, {ids({{1, {20, 22, 4}}, {2, {20, 34, 6}}}), 4}}));

  EXPECT_THAT(result.events(EventType::kSplit), IsEmpty());
}

TEST(IdFoundPieces, AreNoCrumbs) {
  const Result result = tracked(
      sequence({{ids({{1, {20, 29, 11}}}), 4}, {ids({{1, {20, 25, 10}}, {2, {20, 38, 3}}}), 4}}));

  EXPECT_THAT(result.events(EventType::kSplit), IsEmpty());
}

TEST(IdFoundPieces, HaveTheLeastAreaThatIsAskedFor) {
  const Result result =
      tracked(sequence({{dumbbell(), 4}, {ids({{1, kLeft}, {2, {20, 37, 8}}}), 3}}),
              {.options = {.min_piece_area_px = 210}});

  EXPECT_THAT(result.events(EventType::kSplit), IsEmpty());
}

// Object 2 vanishes into 1 and is found anew as 3.
TEST(IdFoundPieces, AreNoneWhereWhatVanishedIsFoundAgain) {
  const Result result = tracked(sequence({{ids({{1, kLeft}, {2, kTouchingRight}}), 3},
                                          {dumbbell(), 2},
                                          {ids({{1, kLeft}, {3, kTouchingRight}}), 3}}));

  EXPECT_THAT(result.events(EventType::kSplit), IsEmpty());
}

}  // namespace
}  // namespace mote::track
