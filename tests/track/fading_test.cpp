#include "mote/track/fading.h"

#include <array>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/track/recordings.h"

namespace mote::track {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Point kCenter = {.y_px = 48, .x_px = 48};

/// Three pieces of a ring of 10 to 14 px, as a crystal of 14 px leaves that is out of contrast;
/// each fills a share of its third.
LabelImage rim_labels(double first, double second, double third) {
  LabelImage labels(kField);
  const std::array<double, 3> share = {first, second, third};
  for (int64_t y = 0; y < labels.height(); ++y) {
    for (int64_t x = 0; x < labels.width(); ++x) {
      const double dy = static_cast<double>(y) - kCenter.y_px;
      const double dx = static_cast<double>(x) - kCenter.x_px;
      const double turn = std::atan2(dy, dx) / 6.2832 + 0.5;
      const auto piece = static_cast<size_t>(std::min(2.0, turn * 3));
      const bool in_ring = std::hypot(dy, dx) <= 14 && std::hypot(dy, dx) >= 10;
      if (in_ring && turn * 3 - static_cast<double>(piece) < share[piece]) {
        labels(y, x) = static_cast<int32_t>(piece) + 1;
      }
    }
  }
  return labels;
}

Segmentation rim() {
  return imaging::segmentation_of(rim_labels(0.75, 0.75, 0.75));
}

Segmentation discs(const std::vector<synthetic::Disc>& discs) {
  return imaging::segmentation_of(synthetic::labels(kField, discs));
}

/// A lobe that has been a disc of 14 px in the middle of the field up to frame 9.
Lobe settled() {
  const Segmentation frame = discs({{48, 48, 14}});
  Lobe lobe{.id = 1, .track = 1};
  for (int64_t i = 0; i < 10; ++i) {
    see(lobe, i, frame.regions[0].centroid, {}, frame.regions[0].area_px, region_masks(frame)[0]);
    note_whole(lobe);
  }
  return lobe;
}

Remnants remnants_in(const Segmentation& segmentation, const std::vector<Lobe>& lobes) {
  return remnants(lobes, 10, {}, segmentation, link(lobes, 10, {}, segmentation, 0));
}

TEST(Fading, ALobeFadesOfWhichOnlyTheRimIsLeft) {
  const Remnants left = remnants_in(rim(), {settled()});

  ASSERT_EQ(left.faded.size(), 1u);
  EXPECT_EQ(left.faded[0].lobe, 0);
  EXPECT_THAT(left.regions, ElementsAre(0, 1, 2));
}

TEST(Fading, WhatShrinksOrJumpsOrIsGoneHasNotFaded) {
  const std::vector<Lobe> lobes = {settled()};

  EXPECT_THAT(remnants_in(discs({{48, 48, 7}}), lobes).faded, IsEmpty());
  EXPECT_THAT(remnants_in(discs({{58, 48, 10}}), lobes).faded, IsEmpty());
  EXPECT_THAT(remnants_in(discs({{48, 60, 14}}), lobes).faded, IsEmpty());
  EXPECT_THAT(remnants_in(discs({}), lobes).faded, IsEmpty());
}

TEST(Fading, ARegionThatALobeHadBeforeIsNoRemnant) {
  Lobe neighbour{.id = 2, .track = 2};
  const Segmentation both = rim();
  see(neighbour, 9, both.regions[0].centroid, {}, both.regions[0].area_px, region_masks(both)[0]);

  const Remnants left = remnants_in(both, {settled(), neighbour});

  EXPECT_THAT(left.regions, ElementsAre(1, 2));
}

TEST(Fading, PiecesOfARimWereTheRegionThatComesBack) {
  const Segmentation pieces = rim();
  const std::vector<Mask> masks = region_masks(pieces);
  std::vector<Lobe> lobes(3);
  std::vector<const Lobe*> owners;
  for (size_t i = 0; i < lobes.size(); ++i) {
    see(lobes[i], 9, pieces.regions[i].centroid, {}, pieces.regions[i].area_px, masks[i]);
    owners.push_back(&lobes[i]);
  }

  EXPECT_TRUE(has_come_back(discs({{48, 48, 14}}).regions[0], owners, 10, {}));
}

TEST(Fading, TwoThatMergeHaveNotComeBack) {
  const Segmentation before = discs({{48, 38, 9}, {48, 58, 9}});
  const std::vector<Mask> masks = region_masks(before);
  std::vector<Lobe> lobes(2);
  for (size_t i = 0; i < lobes.size(); ++i) {
    see(lobes[i], 9, before.regions[i].centroid, {}, before.regions[i].area_px, masks[i]);
  }

  EXPECT_FALSE(has_come_back(discs({{48, 48, 11.3}}).regions[0], {&lobes[0], &lobes[1]}, 10, {}));
}

TEST(Fading, ASegmentationWithoutARegionKeepsTheOthersAsTheyAre) {
  Segmentation all = discs({{20, 20, 6}, {48, 40, 8}, {48, 55, 8}});
  all.coverage = Grid<uint8_t>(kField);
  for (size_t i = 0; i < all.labels.values().size(); ++i) {
    all.coverage.values()[i] = all.labels.values()[i] != 0 ? 255 : 0;
  }

  const Segmentation kept = without(all, {0});

  ASSERT_EQ(kept.regions.size(), 2u);
  EXPECT_EQ(kept.regions[0].label, 1);
  EXPECT_EQ(kept.regions[0].area_px, all.regions[1].area_px);
  EXPECT_EQ(kept.labels(20, 20), 0);
  EXPECT_EQ(kept.coverage(20, 20), 0);
  EXPECT_EQ(kept.labels(48, 40), 1);
  EXPECT_EQ(kept.coverage(48, 40), 255);
  ASSERT_EQ(kept.necks.size(), all.necks.size());
  EXPECT_EQ(kept.necks[0].a, 1);
  EXPECT_EQ(kept.necks[0].b, 2);
}

std::vector<Segmentation> flickering(size_t dark_from, size_t dark_until, size_t frames) {
  std::vector<Segmentation> recording;
  for (size_t frame = 0; frame < frames; ++frame) {
    recording.push_back(frame >= dark_from && frame < dark_until ? rim() : discs({{48, 48, 14}}));
  }
  return recording;
}

TEST(OverlapTracker, BridgesACrystalThatLeavesItsRimBehind) {
  const Tracked tracked = track(flickering(12, 24, 40));

  ASSERT_THAT(types(tracked.lineage), ElementsAre(EventType::kContrastLost));
  EXPECT_EQ(tracked.lineage.tracks.size(), 1u);
  EXPECT_EQ(tracked.lineage.events[0].frame, 12);
  EXPECT_EQ(tracked.lineage.events[0].evidence.at("until_frame"), 24);
  EXPECT_THAT(tracked.frames[15].instances, IsEmpty());
}

TEST(OverlapTracker, TakesTheRimThatARecordingBeginsWithForItsParticle) {
  const Tracked tracked = track(flickering(0, 6, 30));

  EXPECT_THAT(types(tracked.lineage), IsEmpty());
  EXPECT_EQ(tracked.lineage.tracks.size(), 1u);
  EXPECT_EQ(tracked.lineage.tracks[0].first_frame, 0);
}

// The largest piece, which stays, is not there from the first frame on.
TEST(OverlapTracker, TakesNoPartInARimForABirthThatTheRecordingBeginsWith) {
  std::vector<Segmentation> recording = flickering(0, 6, 30);
  for (size_t frame = 0; frame < 6; ++frame) {
    recording[frame] = imaging::segmentation_of(rim_labels(0.5, 0.5, frame < 3 ? 0 : 0.8));
  }

  const Tracked tracked = track(recording);

  EXPECT_THAT(types(tracked.lineage), IsEmpty());
  EXPECT_EQ(tracked.lineage.tracks.size(), 1u);
}

TEST(OverlapTracker, DoesNotCallLostWhatIsOutOfContrastWhenTheRecordingEnds) {
  const Tracked tracked = track(flickering(20, 40, 40));

  ASSERT_THAT(types(tracked.lineage), ElementsAre(EventType::kContrastLost));
  EXPECT_EQ(tracked.lineage.events[0].evidence.count("until_frame"), 0u);
  EXPECT_EQ(tracked.lineage.events[0].confidence, 0);
}

}  // namespace
}  // namespace mote::track
