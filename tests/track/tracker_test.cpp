#include "mote/track/tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::track {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

Reassignment reassignment(int64_t first, int64_t last, std::vector<int32_t> from,
                          std::vector<int32_t> to) {
  return {.first_frame = first, .last_frame = last, .from = std::move(from), .to = std::move(to)};
}

/// Tracks 5 and 3 merge into 9, learned in frame 30 and dated to frame 10.
TrackerOutput merge_learned_late() {
  return {
      .tracks = {{5, 0, 9, {}}, {3, 2, 9, {}}, {9, 10, 40, {3, 5}}, {7, 20, 40, {}}},
      .events = {{.type = EventType::kContact, .frame_before = 19, .frame = 20, .tracks = {5, 7}},
                 {.type = EventType::kCoalescence,
                  .frame_before = 9,
                  .frame = 10,
                  .tracks = {3, 5},
                  .children = {9}}},
      .reassignments = {reassignment(10, 30, {3, 5}, {9}), reassignment(10, 30, {3}, {9}),
                        reassignment(10, 30, {5}, {9})}};
}

TEST(LineageBuilder, NumbersTracksByFirstFrameThenProvisionalId) {
  LineageBuilder builder;
  builder.add(merge_learned_late());

  const Lineage lineage = builder.build();

  ASSERT_EQ(lineage.tracks.size(), 4u);
  EXPECT_EQ(lineage.tracks[2], (Track{3, 10, 40, {1, 2}}));
  EXPECT_THAT(builder.final_tracks(0, {5}), ElementsAre(1));
  EXPECT_THAT(builder.final_tracks(2, {3}), ElementsAre(2));
  EXPECT_THAT(builder.final_tracks(20, {7}), ElementsAre(4));
}

TEST(LineageBuilder, ReassignsOnlyTheFramesThatAReassignmentNames) {
  LineageBuilder builder;
  builder.add(merge_learned_late());
  builder.build();

  EXPECT_THAT(builder.final_tracks(9, {3, 5}), ElementsAre(1, 2));
  EXPECT_THAT(builder.final_tracks(10, {3, 5}), ElementsAre(3));
  EXPECT_THAT(builder.final_tracks(30, {3, 5}), ElementsAre(3));
}

TEST(LineageBuilder, ReassignsInstancesThatOthersShare) {
  LineageBuilder builder;
  builder.add(merge_learned_late());
  builder.build();

  EXPECT_THAT(builder.final_tracks(25, {3, 5, 7}), ElementsAre(3, 4));
}

TEST(LineageBuilder, AppliesReassignmentsInTheOrderInWhichTheyCame) {
  LineageBuilder builder;
  builder.add({.tracks = {{1, 0, 4, {}}, {2, 0, 4, {}}, {3, 5, 7, {1, 2}}, {4, 8, 9, {3}}},
               .reassignments = {reassignment(5, 9, {1, 2}, {3}), reassignment(8, 9, {3}, {4})}});
  builder.build();

  EXPECT_THAT(builder.final_tracks(6, {1, 2}), ElementsAre(3));
  EXPECT_THAT(builder.final_tracks(8, {1, 2}), ElementsAre(4));
}

TEST(LineageBuilder, GivesEventsTheTracksOfTheirFrame) {
  LineageBuilder builder;
  builder.add(merge_learned_late());

  const Lineage lineage = builder.build();

  ASSERT_EQ(lineage.events.size(), 2u);
  EXPECT_EQ(lineage.events[0].type, EventType::kCoalescence);
  EXPECT_THAT(lineage.events[0].tracks, ElementsAre(1, 2));
  EXPECT_THAT(lineage.events[0].children, ElementsAre(3));
  EXPECT_THAT(lineage.events[1].tracks, ElementsAre(3, 4));
}

TEST(LineageBuilder, DropsTheContactOfTracksThatTurnOutToBeOne) {
  TrackerOutput output = merge_learned_late();
  output.events.push_back(
      {.type = EventType::kParted, .frame_before = 24, .frame = 25, .tracks = {3, 5}});
  LineageBuilder builder;
  builder.add(output);

  const Lineage lineage = builder.build();

  EXPECT_EQ(lineage.events.size(), 2u);
}

TEST(LineageBuilder, NamesATrackThatWasNeverHandedBack) {
  LineageBuilder builder;
  builder.add({.events = {{.type = EventType::kLost, .frame = 3, .tracks = {8}}}});

  EXPECT_THAT([&] { builder.build(); }, ThrowsMessage<Error>(HasSubstr("provisional track 8")));
}

}  // namespace
}  // namespace mote::track
