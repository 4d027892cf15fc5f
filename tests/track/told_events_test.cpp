#include "mote/track/told_events.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/imaging/regions.h"
#include "tests/track/recordings.h"

namespace mote::track {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

using Told = std::tuple<EventType, int64_t, std::vector<int32_t>, std::vector<int32_t>>;

std::vector<Told> told(std::vector<Event> events) {
  std::vector<Told> out;
  for (const Event& event : events) {
    out.emplace_back(event.type, event.frame, event.tracks, event.children);
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// The frames that the tracker handed back, told anew.
std::vector<Event> events_of(const Tracked& tracked, std::set<int32_t> wanted) {
  ToldEvents events({}, kField, tracked.lineage.tracks, std::move(wanted));
  for (const TrackedFrame& frame : tracked.frames) {
    ToldFrame next{.index = frame.index,
                   .time = static_cast<double>(frame.index),
                   .drift = {},
                   .glimpses = {},
                   .necks = frame.necks};
    const Segmentation segmentation = imaging::segmentation_of(frame.labels);
    for (size_t i = 0; i < frame.instances.size(); ++i) {
      const Region& region = segmentation.regions.at(i);
      for (const int32_t track : frame.instances[i].tracks) {
        next.glimpses.push_back({.track = track,
                                 .seen = {.frame = frame.index,
                                          .centroid = region.centroid,
                                          .box = region.box,
                                          .area_px = region.area_px,
                                          .cut = region.touches_border},
                                 .shared = frame.instances[i].tracks.size() > 1});
      }
    }
    events.push(next);
  }
  return events.finish();
}

std::set<int32_t> all(const Tracked& tracked) {
  std::set<int32_t> ids;
  for (const Track& track : tracked.lineage.tracks) {
    ids.insert(track.id);
  }
  return ids;
}

/// One comes, touches another for a while and goes; one vanishes, one appears.
std::vector<Shot> meeting() {
  std::vector<Shot> shots;
  for (int64_t frame = 0; frame < 80; ++frame) {
    const auto away = static_cast<double>(std::max<int64_t>(0, std::abs(frame - 40) - 10));
    Shot shot{.discs = {{30, 60, 10}, {30, 43 - 0.6 * away, 9}}};
    if (frame < 25) {
      shot.discs.push_back({75, 20, 8});
    }
    if (frame >= 50) {
      shot.discs.push_back({75, 70, 8});
    }
    shots.push_back(shot);
  }
  return shots;
}

/// One comes near another, moves on in front of it and goes.
std::vector<Shot> crossing() {
  std::vector<Shot> shots;
  const auto go_on = [&](double distance_px, int frames) {
    shots.insert(shots.end(), static_cast<size_t>(frames),
                 {.discs = {{48, 40, 12}, {48, 40 + distance_px, 12}}});
  };
  for (int frame = 0; frame < 12; ++frame) {
    go_on(36 - frame, 1);
  }
  go_on(8, 8);
  go_on(16, 20);
  go_on(36, 40);
  return shots;
}

TEST(ToldEvents, OfATrackersFramesAreItsOwnEvents) {
  const Tracked tracked = track(meeting());

  const std::vector<Event> events = events_of(tracked, all(tracked));

  EXPECT_THAT(types(tracked.lineage), UnorderedElementsAre(EventType::kContact, EventType::kParted,
                                                           EventType::kLost, EventType::kAppeared));
  EXPECT_THAT(told(events), ElementsAreArray(told(tracked.lineage.events)));
}

TEST(ToldEvents, OfACrossingAreAnOverlapToo) {
  const Tracked tracked = track(crossing());

  const std::vector<Event> events = events_of(tracked, all(tracked));

  EXPECT_THAT(types(tracked.lineage), ElementsAre(EventType::kOverlap, EventType::kParted));
  EXPECT_THAT(told(events), ElementsAreArray(told(tracked.lineage.events)));
}

TEST(ToldEvents, AreOfThoseThatAreWantedAlone) {
  const Tracked tracked = track(meeting());

  EXPECT_THAT(events_of(tracked, {}), IsEmpty());
  EXPECT_THAT(events_of(tracked, {3}), SizeIs(1));
}

TEST(ToldEvents, MergeAndSplitAsTheParentsSay) {
  Tracked tracked = track(meeting());
  std::vector<Track>& tracks = tracked.lineage.tracks;
  ASSERT_THAT(tracks, SizeIs(4));
  tracks[3].parents = {3};

  const std::vector<Event> events = events_of(tracked, {4, 3});

  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].type, EventType::kSplit);
  EXPECT_EQ(events[0].frame, 50);
  EXPECT_EQ(events[0].confidence, 1);
}

TEST(ToldEvents, OfOneParentAloneTellTheMerge) {
  std::vector<Shot> shots;
  for (int64_t frame = 0; frame < 80; ++frame) {
    shots.push_back(frame < 25 ? Shot{.discs = {{30, 20, 8}, {30, 70, 8}}}
                               : Shot{.discs = {{75, 45, 10}}});
  }
  Tracked tracked = track(shots);
  ASSERT_THAT(tracked.lineage.tracks, SizeIs(3));
  tracked.lineage.tracks[2].parents = {1, 2};

  const std::vector<Event> events = events_of(tracked, {1});

  EXPECT_THAT(told(events), ElementsAreArray<Told>({{EventType::kCoalescence, 25, {1, 2}, {3}}}));
}

}  // namespace
}  // namespace mote::track
