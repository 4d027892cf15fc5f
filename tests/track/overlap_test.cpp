#include "mote/track/overlap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "tests/track/recordings.h"

namespace mote::track {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

TEST(OverlapTracker, FollowsADiscThatMoves) {
  std::vector<Shot> shots;
  for (int i = 0; i < 30; ++i) {
    shots.push_back({.discs = {{.y_px = 30, .x_px = 20.0 + i}, {.y_px = 70, .x_px = 70.0 - i}}});
  }

  const Tracked tracked = track(shots);

  EXPECT_THAT(tracked.lineage.tracks, ElementsAre(Track{1, 0, 29, {}}, Track{2, 0, 29, {}}));
  EXPECT_THAT(tracked.lineage.events, IsEmpty());
  ASSERT_EQ(tracked.frames.size(), 30u);
  EXPECT_THAT(tracked.frames[29].instances[0].tracks, ElementsAre(1));
  EXPECT_THAT(tracked.frames[29].instances[1].tracks, ElementsAre(2));
}

TEST(OverlapTracker, BridgesAGapWhileTheSpecimenDrifts) {
  std::vector<Shot> shots;
  for (int i = 0; i < 20; ++i) {
    const double drift = 2.0 * i;
    shots.push_back({.discs = {{.y_px = 25 + drift, .x_px = 40}}, .drift = {drift, 0}});
  }
  shots[9].discs.clear();
  shots[10].discs.clear();
  shots[11].discs.clear();

  const Tracked tracked = track(shots);

  EXPECT_THAT(tracked.lineage.tracks, ElementsAre(Track{1, 0, 19, {}}));
  EXPECT_THAT(tracked.lineage.events, IsEmpty());
}

TEST(OverlapTracker, DatesDeathAndBirthByTheFramesSeen) {
  std::vector<Shot> shots(30, Shot{.discs = {{.y_px = 48, .x_px = 48}}});
  for (size_t i = 10; i < 16; ++i) {
    shots[i].discs.clear();
  }

  const Tracked tracked = track(shots, {.max_contrast_gap = 3});

  ASSERT_THAT(types(tracked.lineage), ElementsAre(EventType::kLost, EventType::kAppeared));
  EXPECT_EQ(tracked.lineage.events[0].frame_before, 9);
  EXPECT_EQ(tracked.lineage.events[0].frame, 10);
  EXPECT_EQ(tracked.lineage.events[1].frame, 16);
}

TEST(OverlapTracker, TellsAFlickerFromADissolution) {
  std::vector<Shot> flicker(40, Shot{.discs = {{48, 48, 10}}});
  for (size_t frame = 12; frame < 24; ++frame) {
    flicker[frame].discs.clear();
  }
  std::vector<Shot> shrinking;
  for (int frame = 0; frame < 40; ++frame) {
    const double radius = 10 * std::cbrt(1 - frame / 25.0);
    shrinking.push_back(radius > 2 ? Shot{.discs = {{48, 48, radius}}} : Shot{});
  }

  const Lineage bridged = track(flicker).lineage;
  const Lineage dissolved = track(shrinking).lineage;

  ASSERT_THAT(types(bridged), ElementsAre(EventType::kContrastLost));
  EXPECT_EQ(bridged.tracks.size(), 1u);
  EXPECT_EQ(bridged.events[0].frame, 12);
  EXPECT_EQ(bridged.events[0].evidence.at("until_frame"), 24);
  ASSERT_THAT(types(dissolved), ElementsAre(EventType::kDissolved));
  EXPECT_LT(dissolved.events[0].evidence.at("trend_significance"), -4);
}

TEST(OverlapTracker, TellsWhatGrowsFromNothingFromWhatAppears) {
  std::vector<Shot> growing;
  for (int frame = 0; frame < 40; ++frame) {
    const double radius = 2 * std::sqrt(std::max(0, frame - 4));
    growing.push_back(radius > 2 ? Shot{.discs = {{48, 48, radius}}} : Shot{});
  }

  EXPECT_THAT(types(track(growing).lineage), ElementsAre(EventType::kNucleated));
}

TEST(OverlapTracker, DoesNotTakeASmallerOneInThePlaceForWhatVanished) {
  std::vector<Shot> shots(40, Shot{.discs = {{48, 48, 10}}});
  for (size_t frame = 12; frame < 40; ++frame) {
    shots[frame].discs.clear();
    if (frame >= 20) {
      shots[frame].discs = {{44, 48, 5}};
    }
  }

  EXPECT_THAT(types(track(shots).lineage), ElementsAre(EventType::kLost, EventType::kAppeared));
}

TEST(OverlapTracker, TellsWhatCrossesTheBorderFromWhatAppears) {
  std::vector<Shot> shots;
  for (int i = 0; i < 60; ++i) {
    shots.push_back({.discs = {{.y_px = 48, .x_px = 120.0 - 2.5 * i}}});
  }

  const Tracked tracked = track(shots);

  EXPECT_THAT(types(tracked.lineage), ElementsAre(EventType::kEntered, EventType::kLeft));
}

TEST(OverlapTracker, TellsWhatCrossesAMaskFromWhatAppears) {
  BinaryImage excluded(kField);
  for (int64_t y = 0; y < kField.height; ++y) {
    for (int64_t x = 0; x < kField.width; ++x) {
      excluded(y, x) = x < 30 || x > 65 ? 1 : 0;
    }
  }
  const auto tracker = make_overlap_tracker({}, kField);
  std::vector<TrackerOutput> outputs;
  for (int64_t i = 0; i < 60; ++i) {
    const double x_px = 90 - 1.5 * static_cast<double>(i);
    LabelImage labels = synthetic::labels(kField, {{.y_px = 48, .x_px = x_px}});
    for (size_t at = 0; at < labels.values().size(); ++at) {
      labels.values()[at] = excluded.values()[at] != 0 ? 0 : labels.values()[at];
    }
    Segmentation segmentation = imaging::segmentation_of(labels);
    imaging::mark_cut(segmentation, excluded);
    push(*tracker, segmentation, i, {}, outputs);
  }
  outputs.push_back(tracker->finish());

  const Tracked tracked = join(std::move(outputs));

  ASSERT_THAT(types(tracked.lineage), ElementsAre(EventType::kEntered, EventType::kLeft));
  EXPECT_EQ(tracked.lineage.events[0].evidence.at("border_distance_px"), 0);
}

// A row of discs 14 px apart, of which one goes as another comes 9 px below it.
std::vector<Shot> crowd_with_a_stranger() {
  std::vector<Shot> shots(24);
  for (size_t i = 0; i < shots.size(); ++i) {
    shots[i].discs = {{.y_px = 48, .x_px = 20, .radius_px = 4},
                      {.y_px = i < 12 ? 48.0 : 57.0, .x_px = 34, .radius_px = 4},
                      {.y_px = 48, .x_px = 48, .radius_px = 4}};
  }
  return shots;
}

TEST(OverlapTracker, TakesWhatIsFartherThanHalfwayToANeighbourForAStranger) {
  const std::vector<Shot> shots = crowd_with_a_stranger();

  const Tracked tracked = track(shots);

  EXPECT_THAT(types(tracked.lineage), ElementsAre(EventType::kAppeared, EventType::kLost));
  EXPECT_EQ(tracked.frames[5].values.at("link_reach_px"), 7);
}

TEST(OverlapTracker, SeeksAsFarAsItIsToldTo) {
  const std::vector<Shot> shots = crowd_with_a_stranger();

  const Tracked tracked = track(shots, {.max_distance_px = 20});

  EXPECT_THAT(tracked.lineage.events, IsEmpty());
  EXPECT_EQ(tracked.frames[5].values.at("link_reach_px"), 20);
}

TEST(OverlapTracker, FollowsADiscThatJumpsWhereNoOtherIsNear) {
  std::vector<Shot> shots(24, Shot{.discs = {{.y_px = 30, .x_px = 20, .radius_px = 4},
                                             {.y_px = 80, .x_px = 80, .radius_px = 4}}});
  for (size_t i = 12; i < shots.size(); ++i) {
    shots[i].discs[0].x_px = 38;
  }

  const Tracked tracked = track(shots);

  EXPECT_THAT(tracked.lineage.events, IsEmpty());
  EXPECT_EQ(tracked.frames[5].values.at("link_reach_px"), 20);
}

TEST(OverlapTracker, TellsWhatTheDriftCarriedOffFromWhatIsLost) {
  std::vector<Shot> shots;
  for (int i = 0; i < 30; ++i) {
    const double drift = -4.0 * i;
    Shot shot{.discs = {}, .drift = {0, drift}};
    if (i < 20) {
      shot.discs.push_back({.y_px = 30, .x_px = 86 + drift, .radius_px = 4});
    }
    if (i < 10) {
      shot.discs.push_back({.y_px = 70, .x_px = 86 + drift, .radius_px = 4});
    }
    shots.push_back(shot);
  }

  const Tracked tracked = track(shots);

  ASSERT_THAT(types(tracked.lineage), ElementsAre(EventType::kLost, EventType::kLeft));
  EXPECT_EQ(tracked.lineage.events[0].frame, 10);
  EXPECT_EQ(tracked.lineage.events[1].frame, 20);
}

TEST(OverlapTracker, RefusesOptionsOutOfRange) {
  EXPECT_THAT([] { make_overlap_tracker({.max_distance_px = -1}, kField); },
              ThrowsMessage<Error>(HasSubstr("max-distance-px is -1")));
  EXPECT_THAT([] { make_overlap_tracker({.merge_neck_ratio = 0.4}, kField); },
              ThrowsMessage<Error>(HasSubstr("split-neck-ratio")));
}

TEST(OverlapTracker, ContinuesFromASavedStateToTheBit) {
  std::vector<Shot> shots;
  for (int i = 0; i < 40; ++i) {
    shots.push_back({.discs = {{.y_px = 30, .x_px = 20.0 + i}, {.y_px = 34, .x_px = 70.0 - i}}});
  }
  std::vector<TrackerOutput> outputs;
  const auto first = make_overlap_tracker({}, kField);
  push(*first, shots, 0, 23, outputs);

  const auto second = make_overlap_tracker({}, kField);
  second->load_state(first->save_state());
  push(*second, shots, 23, shots.size(), outputs);
  outputs.push_back(second->finish());

  const Tracked resumed = join(std::move(outputs));
  const Tracked whole = track(shots);
  EXPECT_EQ(resumed.lineage, whole.lineage);
  EXPECT_EQ(resumed.frames, whole.frames);
}

TEST(OverlapTracker, RefusesEveryStateThatIsCutShort) {
  const auto tracker = make_overlap_tracker({}, kField);
  std::vector<TrackerOutput> outputs;
  push(*tracker, std::vector<Shot>(8, Shot{.discs = {{.y_px = 48, .x_px = 48}}}), 0, 8, outputs);
  const std::string state = tracker->save_state();

  for (size_t bytes = 0; bytes < state.size(); bytes += 7) {
    EXPECT_THROW(tracker->load_state(state.substr(0, bytes)), Error) << bytes << " bytes";
  }
  EXPECT_THROW(tracker->load_state(state + "x"), Error);
}

TEST(OverlapTracker, RefusesEveryStateWithAWrongByte) {
  const auto tracker = make_overlap_tracker({}, kField);
  std::vector<TrackerOutput> outputs;
  push(*tracker, std::vector<Shot>(8, Shot{.discs = {{.y_px = 48, .x_px = 48}}}), 0, 8, outputs);
  const std::string state = tracker->save_state();

  for (size_t byte = 0; byte < state.size(); byte += 3) {
    std::string damaged = state;
    damaged[byte] = static_cast<char>(damaged[byte] ^ 0x10);
    EXPECT_THROW(tracker->load_state(damaged), Error) << "byte " << byte;
  }
}

}  // namespace
}  // namespace mote::track
