#include "mote/simulate/truth_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::simulate {
namespace {

using testing::ElementsAre;

/// 100 frames a second apart, each exposed for a second, tracks 1 to 3 all along.
struct Scene {
  WorldOptions options;
  Lineage lineage;

  Scene() {
    options.frames = 100;
    options.frame_interval_s = 1;
    options.exposure_s = 1;
    for (int32_t id = 1; id <= 3; ++id) {
      lineage.tracks.push_back({.id = id, .first_frame = 0, .last_frame = 99});
    }
  }

  void add(EventType type, int64_t frame, std::vector<int32_t> tracks,
           std::map<std::string, double> evidence) {
    lineage.events.push_back({.type = type,
                              .frame_before = frame - 1,
                              .frame = frame,
                              .tracks = std::move(tracks),
                              .evidence = std::move(evidence)});
  }
};

TEST(FrameAt, IsTheFirstWhoseMiddleIsNoEarlier) {
  const Scene scene;

  EXPECT_EQ(frame_at(0, scene.options), 0);
  EXPECT_EQ(frame_at(3.5, scene.options), 3);
  EXPECT_EQ(frame_at(3.6, scene.options), 4);
}

TEST(TruthEvents, EndsAnOverlapWhereItPartsOrATrackOfItEnds) {
  Scene scene;
  scene.lineage.tracks[2].last_frame = 59;
  scene.add(EventType::kContact, 10, {1, 2}, {{"overlap", 1}, {"time_s", 10.2}});
  scene.add(EventType::kParted, 15, {1, 2}, {{"overlap", 1}, {"time_s", 15.1}});
  scene.add(EventType::kContact, 30, {1, 2}, {{"overlap", 1}, {"time_s", 30.2}});
  scene.add(EventType::kContact, 40, {1, 3}, {{"overlap", 1}, {"time_s", 40.3}});

  const auto events = truth_events(scene.lineage, {}, scene.options);

  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].type, "overlap");
  EXPECT_EQ(events[0].at, (Moment{10.2, 10}));
  EXPECT_EQ(events[0].until, (Moment{15.1, 15}));
  EXPECT_EQ(events[1].until, (Moment{100, 100}));
  EXPECT_EQ(events[2].until, (Moment{60, 60}));
}

TEST(TruthEvents, TakesOverlapsOfTheSameTwoWithinASecondForOneAndLeavesOutTheUnseen) {
  Scene scene;
  scene.add(EventType::kContact, 10, {1, 2}, {{"overlap", 1}, {"time_s", 10.2}});
  scene.add(EventType::kParted, 12, {1, 2}, {{"overlap", 1}, {"time_s", 12.1}});
  scene.add(EventType::kContact, 13, {1, 2}, {{"overlap", 1}, {"time_s", 12.9}});
  scene.add(EventType::kParted, 16, {1, 2}, {{"overlap", 1}, {"time_s", 16.3}});
  scene.add(EventType::kContact, 20, {2, 3}, {{"overlap", 1}, {"time_s", 20.1}});
  scene.add(EventType::kParted, 20, {2, 3}, {{"overlap", 1}, {"time_s", 20.2}});

  const auto events = truth_events(scene.lineage, {}, scene.options);

  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].at, (Moment{10.2, 10}));
  EXPECT_EQ(events[0].until, (Moment{16.3, 16}));
}

TEST(TruthEvents, DatesAMergeByContactNeckAndEnd) {
  Scene scene;
  scene.add(EventType::kCoalescence, 20, {1, 2},
            {{"time_s", 20.1}, {"contact_s", 15.9}, {"merged_s", 24.2}, {"complete_s", 31.2}});

  const auto events = truth_events(scene.lineage, {}, scene.options);

  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].at, (Moment{20.1, 20}));
  EXPECT_EQ(events[0].contact, (Moment{15.9, 16}));
  EXPECT_EQ(events[0].merged, (Moment{24.2, 24}));
  EXPECT_EQ(events[0].complete, (Moment{31.2, 31}));
}

TEST(TruthEvents, TellsAContactThatStaysADumbbellAsAnAggregation) {
  Scene scene;
  scene.options.coalescence.final_neck_ratio = 0.4;
  scene.add(EventType::kContact, 16, {1, 2}, {{"time_s", 15.9}});
  scene.add(EventType::kContact, 18, {2, 3}, {{"overlap", 1}, {"time_s", 17.9}});

  const auto events = truth_events(scene.lineage, {}, scene.options);

  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].type, "aggregation");
  EXPECT_EQ(events[0].at, (Moment{15.9, 16}));
  EXPECT_THAT(events[0].tracks, ElementsAre(1, 2));
  EXPECT_EQ(events[1].type, "contact");
  EXPECT_EQ(events[2].type, "overlap");
}

TEST(TruthEvents, NamesCausesOfBirthAndDeath) {
  Scene scene;
  scene.add(EventType::kAppeared, 5, {1}, {{"nucleated", 1}, {"time_s", 4.9}});
  scene.add(EventType::kEntered, 6, {2}, {{"time_s", 5.9}});
  scene.add(EventType::kLost, 7, {1}, {{"dissolved", 1}, {"time_s", 6.9}});
  scene.add(EventType::kLeft, 8, {2}, {{"time_s", 7.9}});

  const auto events = truth_events(scene.lineage, {}, scene.options);

  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[0].type, "nucleated");
  EXPECT_EQ(events[1].type, "entered");
  EXPECT_EQ(events[2].type, "dissolved");
  EXPECT_EQ(events[3].type, "left");
}

TEST(TruthEvents, PairsTheLossOfContrastWithItsReturn) {
  const Scene scene;
  const std::vector<TrackEvent> events = {
      {.type = WorldEventType::kContrastLost, .time_s = 10.7, .tracks = {1}},
      {.type = WorldEventType::kContrastLost, .time_s = 11, .tracks = {2}},
      {.type = WorldEventType::kContrastBack, .time_s = 14.1, .tracks = {1}},
  };

  const auto told = truth_events(scene.lineage, events, scene.options);

  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].type, "contrast_lost");
  EXPECT_THAT(told[0].tracks, ElementsAre(1));
  EXPECT_EQ(told[0].at, (Moment{10.7, 11}));
  EXPECT_EQ(told[0].until, (Moment{14.1, 14}));
  EXPECT_EQ(told[1].until, std::nullopt);
}

TEST(TruthEvents, EndsAFlickerWithItsTrackAndTellsNoneAfterIt) {
  Scene scene;
  scene.lineage.tracks[0].last_frame = 29;
  scene.lineage.tracks[1].last_frame = 39;
  scene.add(EventType::kLeft, 30, {1}, {{"time_s", 29.7}});
  scene.add(EventType::kLeft, 40, {2}, {{"time_s", 39.8}});
  const std::vector<TrackEvent> events = {
      {.type = WorldEventType::kContrastLost, .time_s = 10.7, .tracks = {1}},
      {.type = WorldEventType::kContrastBack, .time_s = 34.1, .tracks = {1}},
      {.type = WorldEventType::kContrastLost, .time_s = 39.9, .tracks = {2}},
  };

  const auto told = truth_events(scene.lineage, events, scene.options);

  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[0].type, "contrast_lost");
  EXPECT_EQ(told[0].until, (Moment{29.7, 30}));
  EXPECT_EQ(told[1].type, "left");
  EXPECT_EQ(told[2].type, "left");
}

}  // namespace
}  // namespace mote::simulate
