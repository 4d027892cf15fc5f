#include "mote/track/live_track.h"

#include <initializer_list>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::track {
namespace {

using testing::ElementsAre;

LiveTrack seen_in(std::initializer_list<int64_t> frames) {
  LiveTrack track{
      .track = {.id = 1, .first_frame = *frames.begin(), .last_frame = 0, .parents = {}}};
  for (const int64_t frame : frames) {
    glimpse(track, {.frame = frame, .area_px = 10});
  }
  return track;
}

TEST(LiveTrack, KnowsTheFramesInWhichItIsNotThere) {
  EXPECT_THAT(seen_in({2, 3, 6, 7, 9}).gaps, ElementsAre(Gap{4, 5}, Gap{8, 8}));
}

// A merge is dated back to before its parents were last seen. A gap after that date would bring
// the parent's end back when a frame before it is taken out.
TEST(LiveTrack, ForgetsWhatCameAfterItsEnd) {
  LiveTrack track = seen_in({2, 3, 4, 6, 7, 9});

  end_in(track, 4);
  unsee(track, 3);

  EXPECT_EQ(track.track.last_frame, 4);
  EXPECT_THAT(track.gaps, ElementsAre(Gap{3, 3}));
}

// What a particle was like after it split says nothing of how it began.
TEST(LiveTrack, ForgetsWhatItWasLikeAfterItsEnd) {
  LiveTrack track = seen_in({2, 3, 4, 6, 7, 9});

  end_in(track, 6);

  EXPECT_EQ(track.frames_seen, 4);
  EXPECT_EQ(track.first.back().frame, 6);
  EXPECT_EQ(track.first_sizes.back().frame, 6);
  EXPECT_EQ(track.last.back().frame, 6);
  EXPECT_EQ(track.last_sizes.back().frame, 6);
}

// The last glimpses of a long track may all be of frames after its end: a track has one still.
TEST(LiveTrack, HasALastGlimpseWhereAllAreLater) {
  LiveTrack track = seen_in({0, 1, 2, 3, 4, 5, 6, 7, 8, 9});

  end_in(track, 2);

  EXPECT_FALSE(track.last.empty());
  EXPECT_EQ(track.first.back().frame, 2);
}

}  // namespace
}  // namespace mote::track
