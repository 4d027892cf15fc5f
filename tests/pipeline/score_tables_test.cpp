#include "mote/pipeline/score_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::pipeline {
namespace {

using testing::ElementsAre;
using testing::StrEq;
using testing::ThrowsMessage;

const std::string kTracks = "track,parents,first_frame,last_frame\n";

TEST(ScoreTables, ReadATrackAndItsParents) {
  const std::vector<Track> tracks = tracks_of_csv(kTracks + "2147483647,1;2,5,9\n");

  ASSERT_EQ(tracks.size(), 1);
  EXPECT_EQ(tracks[0].id, 2147483647);
  EXPECT_THAT(tracks[0].parents, ElementsAre(1, 2));
  EXPECT_EQ(tracks[0].first_frame, 5);
  EXPECT_EQ(tracks[0].last_frame, 9);
}

TEST(ScoreTables, ReadTheDatesOfANeckThatTheTruthTells) {
  const auto events = events_of_csv(
      "type,frame,tracks,children,merged_frame,complete_frame\n"
      "merge,20,1;2,3,26,\nmerge,30,4;5,6,,\ncontact,40,7;8,,,\n",
      {});

  ASSERT_EQ(events.size(), 3);
  ASSERT_TRUE(events[0].neck.has_value());
  EXPECT_EQ(events[0].neck->merged_frame, 26);
  EXPECT_EQ(events[0].neck->complete_frame, std::nullopt);
  ASSERT_TRUE(events[1].neck.has_value());
  EXPECT_EQ(events[1].neck->merged_frame, std::nullopt);
  EXPECT_FALSE(events[2].neck.has_value());
}

TEST(ScoreTables, ReadTheDateOfANeckThatARunTells) {
  const std::vector<int64_t> numbers = {10, 12, 14, 16};
  const auto events = events_of_csv(
      "type,frame,recorded_frame,tracks,children,merged_frame\nmerge,2,14,1;2,3,3\n", numbers);

  ASSERT_TRUE(events[0].neck.has_value());
  EXPECT_EQ(events[0].neck->merged_frame, 16);
}

TEST(ScoreTables, HaveNoDatesOfANeckWhereTheFileTellsNone) {
  const auto events = events_of_csv("type,frame,tracks,children\nmerge,20,1;2,3\n", {});

  EXPECT_FALSE(events[0].neck.has_value());
}

TEST(ScoreTables, RefuseATrackNumberThatDoesNotFit) {
  EXPECT_THAT([] { tracks_of_csv(kTracks + "4294967297,,0,9\n"); },
              ThrowsMessage<Error>(
                  StrEq("line 2: track is '4294967297', expected a whole number from 1 on")));
  EXPECT_THROW(tracks_of_csv(kTracks + "1,4294967297,0,9\n"), Error);
  EXPECT_THROW(events_of_csv("type,frame,tracks,children\nlost,3,4294967297,\n", {}), Error);
}

}  // namespace
}  // namespace mote::pipeline
