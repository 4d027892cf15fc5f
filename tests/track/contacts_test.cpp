#include "mote/track/contacts.h"

#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/track/contact_events.h"
#include "tests/track/recordings.h"

namespace mote::track {
namespace {

using synthetic::Disc;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr double kRadius = 12;

/// The distance of centres at which two discs have a neck of so much of their diameter.
double distance_at(double ratio) {
  return 2 * kRadius * std::sqrt(1 - ratio * ratio);
}

Shot pair(double distance_px) {
  return {.discs = {{48, 48 - distance_px / 2, kRadius}, {48, 48 + distance_px / 2, kRadius}}};
}

/// Two discs whose distance goes from `first` to `last` by 1 px a frame and then stays for `stay`.
void go(std::vector<Shot>& shots, double first, double last, int stay) {
  const double step = first < last ? 1 : -1;
  for (double distance = first; step * distance < step * last; distance += step) {
    shots.push_back(pair(distance));
  }
  shots.insert(shots.end(), static_cast<size_t>(stay), pair(last));
}

/// Two discs whose neck ratio grows steadily.
void grow_neck(std::vector<Shot>& shots, double first, double last, int frames) {
  for (int i = 0; i < frames; ++i) {
    shots.push_back(pair(distance_at(first + (last - first) * i / frames)));
  }
}

/// The first of `shots` in which the discs are nearer (or, where they part, farther) than that.
int64_t first_frame(const std::vector<Shot>& shots, double distance_px, bool nearer) {
  int64_t frame = 0;
  for (const Shot& shot : shots) {
    const double distance = shot.discs[1].x_px - shot.discs[0].x_px;
    if (nearer ? distance <= distance_px : distance > distance_px) {
      break;
    }
    ++frame;
  }
  return frame;
}

/// Discs that each let half of the beam through: where both lie a quarter, if they overlap, and
/// half if they are one.
Grid<float> image_of(const Shot& shot, bool overlap) {
  Grid<float> image(kField, 100);
  for (const Disc& disc : shot.discs) {
    for (int64_t y = 0; y < kField.height; ++y) {
      for (int64_t x = 0; x < kField.width; ++x) {
        const double off_px =
            std::hypot(static_cast<double>(y) - disc.y_px, static_cast<double>(x) - disc.x_px);
        if (off_px <= disc.radius_px) {
          image(y, x) = overlap ? image(y, x) / 2 : 50;
        }
      }
    }
  }
  return image;
}

Tracked track_images(const std::vector<Shot>& shots, bool overlap) {
  const auto tracker = make_overlap_tracker({}, kField);
  std::vector<TrackerOutput> outputs;
  for (size_t i = 0; i < shots.size(); ++i) {
    push(*tracker, imaging::segmentation_of(synthetic::labels(kField, shots[i].discs)),
         static_cast<int64_t>(i), {}, outputs, image_of(shots[i], overlap));
  }
  outputs.push_back(tracker->finish());
  return join(std::move(outputs));
}

/// What two fill, by the ratios of single frames.
Contact filled_by(const std::vector<double>& area_ratios) {
  PairSeries series;
  for (const double ratio : area_ratios) {
    const auto frame = static_cast<int64_t>(series.samples.size());
    series.add({.frame = frame, .area_ratio = ratio, .excess = {}});
  }
  Contact contact;
  for (size_t i = 1; i + 1 < area_ratios.size(); ++i) {
    contact.filled.add(*series.area_ratios(static_cast<int64_t>(i)));
  }
  return contact;
}

std::vector<std::vector<int32_t>> tracks_in(const TrackedFrame& frame) {
  std::vector<std::vector<int32_t>> tracks;
  for (const TrackedInstance& instance : frame.instances) {
    tracks.push_back(instance.tracks);
  }
  return tracks;
}

TEST(Contact, BecomesAMergeDatedAtHalfTheDiameter) {
  std::vector<Shot> shots;
  go(shots, 36, 8, 20);
  const int64_t merged = first_frame(shots, distance_at(0.5), true);

  const Tracked tracked = track(shots);

  ASSERT_THAT(types(tracked.lineage), ElementsAre(EventType::kContact, EventType::kCoalescence));
  EXPECT_NEAR(tracked.lineage.events[0].frame, first_frame(shots, 2 * kRadius, true), 1);
  const Event& merge = tracked.lineage.events[1];
  EXPECT_NEAR(merge.frame, merged, 1);
  EXPECT_THAT(merge.tracks, ElementsAre(1, 2));
  EXPECT_THAT(merge.children, ElementsAre(3));
  EXPECT_EQ(merge.evidence.at("contact_frame"), tracked.lineage.events[0].frame);
  EXPECT_NEAR(merge.evidence.at("merged_frame"), first_frame(shots, distance_at(0.7), true), 1);
  ASSERT_EQ(tracked.lineage.tracks.size(), 3u);
  EXPECT_THAT(tracked.lineage.tracks[2].parents, ElementsAre(1, 2));
  EXPECT_THAT(tracks_in(tracked.frames[static_cast<size_t>(merge.frame - 1)]),
              ElementsAre(ElementsAre(1), ElementsAre(2)));
  EXPECT_THAT(tracks_in(tracked.frames[static_cast<size_t>(merge.frame)]),
              ElementsAre(ElementsAre(3)));
}

TEST(Contact, HasItsNeckToldInEveryFrame) {
  std::vector<Shot> shots;
  go(shots, 36, 8, 20);

  const Tracked tracked = track(shots);

  const Event& merge = tracked.lineage.events.at(1);
  for (int64_t frame = first_frame(shots, distance_at(0.3), true); frame < merge.frame; ++frame) {
    const Shot& shot = shots[static_cast<size_t>(frame)];
    const double distance = shot.discs[1].x_px - shot.discs[0].x_px;
    const auto& necks = tracked.frames[static_cast<size_t>(frame)].necks;
    ASSERT_EQ(necks.size(), 1U) << frame;
    EXPECT_EQ(std::pair(necks[0].a, necks[0].b), std::pair(1, 2)) << frame;
    EXPECT_NEAR(necks[0].ratio.value(), std::sqrt(1 - std::pow(distance / 2 / kRadius, 2)), 0.1)
        << frame;
    EXPECT_NEAR(std::hypot(necks[0].apart.y_px, necks[0].apart.x_px), distance, 2) << frame;
  }
  const auto& necks = tracked.frames[static_cast<size_t>(merge.frame)].necks;
  ASSERT_EQ(necks.size(), 1U);
  EXPECT_EQ(std::pair(necks[0].a, necks[0].b), std::pair(3, 3));
}

TEST(Contact, ThatNeverPassesTheMergeRatioStaysTwoAndUnresolved) {
  std::vector<Shot> shots;
  go(shots, 36, distance_at(0.63), 30);

  const Tracked tracked = track(shots);

  EXPECT_THAT(types(tracked.lineage), ElementsAre(EventType::kContact, EventType::kUnresolved));
  EXPECT_EQ(tracked.lineage.tracks.size(), 2u);
  EXPECT_THAT(tracks_in(tracked.frames.back()), ElementsAre(ElementsAre(1, 2)));
}

TEST(Contact, ThatKeepsItsNeckForLongIsAnAggregation) {
  std::vector<Shot> shots;
  go(shots, 36, distance_at(0.4), 8);
  const auto touched = first_frame(shots, 2 * kRadius, true);
  go(shots, distance_at(0.4), distance_at(0.4), 120);

  const Tracked tracked = track(shots);

  ASSERT_THAT(types(tracked.lineage), ElementsAre(EventType::kContact, EventType::kAggregation));
  const Event& aggregation = tracked.lineage.events[1];
  EXPECT_THAT(aggregation.tracks, ElementsAre(1, 2));
  EXPECT_NEAR(static_cast<double>(aggregation.frame), static_cast<double>(touched), 1);
  EXPECT_EQ(aggregation.evidence.at("last_frame"), static_cast<double>(shots.size()) - 1);
  EXPECT_NEAR(aggregation.evidence.at("neck_ratio"), 0.4, 0.1);
  EXPECT_NEAR(aggregation.evidence.at("neck_growth"), 0, 0.03);
  EXPECT_EQ(tracked.lineage.tracks.size(), 2U);
}

TEST(Contact, WhoseNeckStillGrowsAtTheEndIsUnresolved) {
  std::vector<Shot> shots;
  go(shots, 36, distance_at(0.1), 0);
  grow_neck(shots, 0.1, 0.6, 120);

  const Tracked tracked = track(shots);

  EXPECT_THAT(types(tracked.lineage), ElementsAre(EventType::kContact, EventType::kUnresolved));
}

TEST(Contact, ThatTheEndLeavesUnconfirmedIsUnresolved) {
  std::vector<Shot> shots;
  go(shots, 36, 12, 2);

  const Tracked tracked = track(shots);

  EXPECT_THAT(types(tracked.lineage), ElementsAre(EventType::kContact, EventType::kUnresolved));
  EXPECT_EQ(tracked.lineage.events[1].frame, static_cast<int64_t>(shots.size()) - 1);
}

TEST(Contact, ThatTheEndLeavesUnconfirmedIsAMergeWhereTheImageShowsNoOverlap) {
  std::vector<Shot> shots;
  go(shots, 36, 12, 2);

  const Lineage one = track_images(shots, false).lineage;
  const Lineage two = track_images(shots, true).lineage;

  ASSERT_THAT(types(one), ElementsAre(EventType::kContact, EventType::kCoalescence));
  EXPECT_EQ(one.events[1].frame, first_frame(shots, distance_at(0.5), true));
  EXPECT_GT(one.events[1].confidence, 0);
  EXPECT_LT(one.events[1].confidence, 1);
  EXPECT_THAT(types(two), ElementsAre(EventType::kOverlap, EventType::kUnresolved));
}

TEST(Contact, WhoseRegionGrowsAgainIsNoMerge) {
  std::vector<Shot> fused;
  go(fused, 36, 18, 0);
  std::vector<Shot> crossing = fused;
  go(fused, 8, 8, 24);
  go(crossing, 8, 8, 5);
  go(crossing, 16, 16, 19);
  go(crossing, 18, 36, 4);

  EXPECT_THAT(types(track(fused).lineage),
              ElementsAre(EventType::kContact, EventType::kCoalescence));
  const Lineage two = track(crossing).lineage;
  EXPECT_THAT(types(two), ElementsAre(EventType::kOverlap, EventType::kParted));
  EXPECT_NEAR(two.events[1].evidence.at("area_rise"), 0.23, 0.03);
  EXPECT_EQ(two.tracks.size(), 2U);
}

TEST(Contact, WhoseAreaRisesWithinItsNoiseMayBeAMerge) {
  const Contact noisy = filled_by({1.0, 0.9, 1.1, 0.95, 1.2, 1.1, 1.25, 0.95, 1.1, 1.0});
  const Contact growing = filled_by({0.95, 0.95, 0.98, 1.0, 1.03, 1.05, 1.08, 1.1, 1.13, 1.13});

  EXPECT_NEAR(noisy.filled.rise, 0.25, 1e-9);
  EXPECT_NEAR(growing.filled.rise, 0.18, 1e-9);
  EXPECT_NEAR(noisy.filled.noise(), 0.18, 0.01);
  EXPECT_LT(growing.filled.noise(), 0.01);
  EXPECT_FALSE(is_overlap(noisy));
  EXPECT_TRUE(is_overlap(growing));
}

TEST(Contact, ThatPartsAfterLongIsNoSplit) {
  std::vector<Shot> shots;
  go(shots, 36, distance_at(0.4), 30);
  go(shots, distance_at(0.4), 36, 15);

  const Tracked tracked = track(shots);

  ASSERT_THAT(types(tracked.lineage), ElementsAre(EventType::kContact, EventType::kParted));
  EXPECT_EQ(tracked.lineage.tracks.size(), 2u);
}

TEST(Contact, WhoseNeckIsNotSeenForAWhileGoesOnWhereTheTwoHaveNotMovedApart) {
  std::vector<Shot> shots;
  go(shots, 36, distance_at(0.3), 20);
  go(shots, distance_at(0.3), 24.5, 30);
  go(shots, 24.5, distance_at(0.3), 20);

  const Tracked tracked = track(shots);

  const TrackedFrame& without = tracked.frames[shots.size() - 30];
  ASSERT_EQ(without.necks.size(), 1U);
  EXPECT_EQ(without.necks[0].ratio, 0);
  EXPECT_THAT(types(tracked.lineage), ElementsAre(EventType::kContact, EventType::kUnresolved));
}

TEST(Contact, OfOneFrameIsNone) {
  std::vector<Shot> shots(30, pair(30));
  shots[15] = pair(23);

  EXPECT_THAT(track(shots).lineage.events, IsEmpty());
}

TEST(Contact, IsNoEventInAStillAndJoinsOnlyWhatNewRegionsJoinBy) {
  const std::vector<Shot> two = {pair(distance_at(0.55))};
  const std::vector<Shot> one = {pair(distance_at(0.65))};

  const Tracked apart = track(two);
  const Tracked joined = track(one);

  EXPECT_THAT(apart.lineage.events, IsEmpty());
  ASSERT_EQ(apart.frames[0].instances.size(), 2u);
  EXPECT_THAT(apart.frames[0].instances[0].tracks, ElementsAre(1));
  EXPECT_THAT(apart.frames[0].instances[1].tracks, ElementsAre(2));
  EXPECT_EQ(apart.frames[0].instances[0].cluster, apart.frames[0].instances[1].cluster);
  EXPECT_THAT(joined.lineage.events, IsEmpty());
  EXPECT_EQ(joined.frames[0].instances.size(), 1u);
}

TEST(Contact, SurvivesAFrameApart) {
  std::vector<Shot> shots;
  go(shots, 36, distance_at(0.4), 20);
  shots[25] = pair(28);

  EXPECT_THAT(types(track(shots).lineage),
              ElementsAre(EventType::kContact, EventType::kUnresolved));
}

TEST(Split, IsDatedBelowHalfTheDiameterAndIsNoContact) {
  std::vector<Shot> shots(20, pair(8));
  go(shots, 8, 36, 20);

  const Tracked tracked = track(shots);

  ASSERT_THAT(types(tracked.lineage), ElementsAre(EventType::kSplit));
  const Event& split = tracked.lineage.events[0];
  EXPECT_NEAR(split.frame, first_frame(shots, distance_at(0.5), false), 1);
  EXPECT_THAT(split.tracks, ElementsAre(1));
  EXPECT_THAT(split.children, ElementsAre(2, 3));
  EXPECT_NEAR(split.evidence.at("neck_ratio"), 0.47, 0.04);
  EXPECT_EQ(tracked.lineage.tracks[0].last_frame, split.frame - 1);
  EXPECT_THAT(tracks_in(tracked.frames[static_cast<size_t>(split.frame - 1)]),
              ElementsAre(ElementsAre(1)));
  EXPECT_EQ(tracks_in(tracked.frames[static_cast<size_t>(split.frame)]).size(), 2u);
}

TEST(Split, NeedsToLast) {
  std::vector<Shot> shots(20, pair(8));
  shots.insert(shots.end(), 6, pair(26));
  shots.insert(shots.end(), 20, pair(8));

  const Tracked tracked = track(shots);

  EXPECT_THAT(tracked.lineage.events, IsEmpty());
  EXPECT_EQ(tracked.lineage.tracks.size(), 1u);
  EXPECT_THAT(tracks_in(tracked.frames[23]), ElementsAre(ElementsAre(1)));
}

TEST(Split, NeedsToLastForConfirmEvenWhereThatIsLong) {
  const OverlapOptions options{.confirm = 30, .lag_frames = lag_frames_for(30, 1)};
  std::vector<Shot> shots(20, pair(8));
  shots.insert(shots.end(), 25, pair(26));
  shots.insert(shots.end(), 20, pair(8));
  std::vector<Shot> longer(20, pair(8));
  longer.insert(longer.end(), 40, pair(26));

  EXPECT_THAT(track(shots, options).lineage.events, IsEmpty());
  const Lineage split = track(longer, options).lineage;
  ASSERT_THAT(types(split), ElementsAre(EventType::kSplit));
  EXPECT_EQ(split.events[0].frame, 20);
}

TEST(Split, IsBelievedBeforeConfirmBeyondTheMostLag) {
  EXPECT_EQ(lag_frames_for(0.4, 0.04), 12);
  EXPECT_EQ(lag_frames_for(1.2, 0.04), 32);
  EXPECT_EQ(lag_frames_for(1e9, 1), kMostLagFrames);
}

TEST(Events, HaveNoNeckRatioWhereNoneWasMeasured) {
  std::vector<Shot> shots;
  go(shots, 36, distance_at(0.4), 30);
  go(shots, distance_at(0.4), 36, 15);

  const Tracked tracked = track(shots);

  ASSERT_THAT(types(tracked.lineage), ElementsAre(EventType::kContact, EventType::kParted));
  const auto& evidence = tracked.lineage.events[1].evidence;
  EXPECT_FALSE(evidence.contains("neck_ratio"));
  EXPECT_FALSE(evidence.contains("one_region"));
  EXPECT_NEAR(evidence.at("highest_neck_ratio"), 0.4, 0.1);
  std::map<std::string, double> shared;
  add_ratio(shared, "neck_ratio", kInseparable);
  EXPECT_THAT(shared, ElementsAre(std::pair("one_region", 1.0)));
}

TEST(Events, CountAreasWithPartialPixels) {
  std::vector<Segmentation> recording;
  for (int i = 0; i < 60; ++i) {
    const Shot shot = pair(std::max(8, 36 - i));
    Grid<uint8_t> coverage(kField);
    LabelImage labels = synthetic::labels(kField, shot.discs);
    for (size_t at = 0; at < coverage.values().size(); ++at) {
      coverage.values()[at] = labels.values()[at] != 0 ? 200 : 0;
    }
    recording.push_back(imaging::segmentation_of(std::move(labels), std::move(coverage)));
  }

  const Tracked tracked = track(recording);

  ASSERT_THAT(types(tracked.lineage), ElementsAre(EventType::kContact, EventType::kCoalescence));
  const auto& evidence = tracked.lineage.events[1].evidence;
  EXPECT_LT(evidence.at("area_px2"), 0.8 * 2 * std::numbers::pi * kRadius * kRadius);
  EXPECT_LT(evidence.at("area_after_px2"), evidence.at("area_px2"));
}

TEST(Split, OfWhatWasOneOnlyBelowTheSplitRatio) {
  std::vector<Shot> shots(20, pair(8));
  go(shots, 8, distance_at(0.6), 30);

  const Tracked tracked = track(shots);

  EXPECT_THAT(tracked.lineage.events, IsEmpty());
  EXPECT_THAT(tracks_in(tracked.frames.back()), ElementsAre(ElementsAre(1)));
}

TEST(Split, IsUndoneByAMergeOfItsChildren) {
  std::vector<Shot> shots(20, pair(8));
  go(shots, 8, 36, 20);
  go(shots, 36, 8, 20);

  const Tracked tracked = track(shots);

  EXPECT_THAT(types(tracked.lineage),
              ElementsAre(EventType::kSplit, EventType::kContact, EventType::kCoalescence));
  EXPECT_EQ(tracked.lineage.tracks.size(), 4u);
}

TEST(Overlap, OfTwoThatCrossKeepsTheirIdentities) {
  std::vector<Shot> shots;
  for (int i = 0; i < 30; ++i) {
    shots.push_back({.discs = {{44, 10 + 2.5 * i, 11}, {52, 86 - 2.5 * i, 9}}});
  }
  std::vector<Segmentation> recording;
  for (const Shot& shot : shots) {
    // Where they overlap much, the segmentation sees one.
    LabelImage labels = synthetic::labels(kField, shot.discs);
    const double distance = std::hypot(8, shot.discs[0].x_px - shot.discs[1].x_px);
    for (int32_t& label : labels.values()) {
      label = distance < 14 && label > 0 ? 1 : label;
    }
    recording.push_back(imaging::segmentation_of(labels));
  }

  const Tracked tracked = track(recording);

  ASSERT_THAT(types(tracked.lineage), ElementsAre(EventType::kContact, EventType::kParted));
  EXPECT_EQ(tracked.lineage.tracks.size(), 2u);
  EXPECT_THAT(tracks_in(tracked.frames[15]), ElementsAre(ElementsAre(1, 2)));
  // Label 1 is drawn first: the larger, which came from the left.
  EXPECT_THAT(tracks_in(tracked.frames[0]), ElementsAre(ElementsAre(1), ElementsAre(2)));
  EXPECT_THAT(tracks_in(tracked.frames[29]), ElementsAre(ElementsAre(1), ElementsAre(2)));
}

TEST(Merge, OfThreeKeepsAllParents) {
  std::vector<Shot> shots;
  for (int i = 0; i < 100; ++i) {
    const double first = std::max(8.0, 32.0 - i);
    const double second = std::max(10.0, 36.0 - std::max(0, i - 40));
    shots.push_back(
        {.discs = {
             {40, 14, kRadius}, {40, 14 + first, kRadius}, {40, 14 + first + second, kRadius}}});
  }

  const Tracked tracked = track(shots);

  ASSERT_THAT(types(tracked.lineage), ElementsAre(EventType::kContact, EventType::kCoalescence,
                                                  EventType::kContact, EventType::kCoalescence));
  ASSERT_EQ(tracked.lineage.tracks.size(), 5u);
  EXPECT_THAT(tracked.lineage.tracks[3].parents, ElementsAre(1, 2));
  EXPECT_THAT(tracked.lineage.tracks[4].parents, ElementsAre(3, 4));
}

TEST(Merge, OfThreeAtOnceIsToldAsTwo) {
  std::vector<Shot> shots;
  for (int i = 0; i < 50; ++i) {
    const double distance = std::max(8.0, 34.0 - i);
    shots.push_back(
        {.discs = {{48, 48 - distance, kRadius}, {48, 48, kRadius}, {48, 48 + distance, kRadius}}});
  }

  const Tracked tracked = track(shots);

  ASSERT_EQ(tracked.lineage.tracks.size(), 5u);
  EXPECT_EQ(tracked.lineage.tracks[3].first_frame + 1, tracked.lineage.tracks[4].first_frame);
  EXPECT_THAT(tracks_in(tracked.frames.back()), ElementsAre(ElementsAre(5)));
}

TEST(HasLasted, ForgivesRounding) {
  EXPECT_TRUE(has_lasted(0.1, 0.1 + 0.2, 0.2));
  EXPECT_TRUE(has_lasted(0.7, 1.0, 0.3));
  EXPECT_FALSE(has_lasted(0.7, 0.9, 0.3));
}

}  // namespace
}  // namespace mote::track
