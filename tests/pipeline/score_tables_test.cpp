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

TEST(ScoreTables, RefuseATrackNumberThatDoesNotFit) {
  EXPECT_THAT(
      [] { tracks_of_csv(kTracks + "4294967297,,0,9\n"); },
      ThrowsMessage<Error>(StrEq("line 2: track is 4294967297, expected 2147483647 at the most")));
  EXPECT_THROW(tracks_of_csv(kTracks + "1,4294967297,0,9\n"), Error);
  EXPECT_THROW(events_of_csv("type,frame,tracks,children\nlost,3,4294967297,\n", {}), Error);
}

}  // namespace
}  // namespace mote::pipeline
