#include "mote/learned/deaot_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/imaging/components.h"
#include "mote/imaging/regions.h"
#include "tests/synthetic.h"

namespace mote::learned {
namespace {

using synthetic::Disc;
using testing::IsEmpty;
using testing::SizeIs;
using track::LineageBuilder;
using track::Tracker;
using track::TrackerOutput;

constexpr Size kField = {49, 65};
constexpr int64_t kFrames = 7;

std::vector<Disc> discs_at(int64_t frame) {
  const auto moved = static_cast<double>(frame);
  return {{12, 14 + moved, 7}, {34, 20, 8}, {20, 50 - moved, 6}};
}

nn::DeAot random_network() {
  torch::manual_seed(3);
  return nn::DeAot(nn::deaot_t());
}

/// A tracker, and how often it asked for a segmentation.
struct Following {
  std::unique_ptr<Tracker> tracker;
  int64_t asked = 0;
  std::vector<TrackerOutput> outputs = {};

  void push(int64_t frame, const std::vector<Disc>& discs) {
    const Grid<float> image = synthetic::image(kField, discs, {.noise_sd = 4});
    const Segmentation segmentation = imaging::segmentation_of(synthetic::labels(kField, discs));
    outputs.push_back(
        tracker->push({.index = frame, .image = image, .drift = {}}, [&]() -> const Segmentation& {
          ++asked;
          return segmentation;
        }));
  }
};

Following new_run(const track::DeaotOptions& options = {.keyframe_gap = 3}) {
  return {.tracker = make_deaot_tracker(random_network(), options, kField)};
}

Lineage lineage_of(Following& run) {
  run.outputs.push_back(run.tracker->finish());
  LineageBuilder builder;
  for (const TrackerOutput& output : run.outputs) {
    builder.add(output);
  }
  Lineage lineage = builder.build();
  check(lineage);
  return lineage;
}

TEST(DeaotTracker, StartsFromTheSegmentationOfTheFirstFrame) {
  Following run = new_run();

  run.push(0, discs_at(0));

  ASSERT_THAT(run.outputs.front().frames, SizeIs(1));
  EXPECT_EQ(run.outputs.front().frames[0].labels, synthetic::labels(kField, discs_at(0)));
  EXPECT_THAT(run.outputs.front().frames[0].instances, SizeIs(3));
}

TEST(DeaotTracker, AsksForSegmentationsOfKeyframesAlone) {
  Following run = new_run();

  for (int64_t frame = 0; frame < kFrames; ++frame) {
    run.push(frame, discs_at(frame));
  }

  EXPECT_EQ(run.asked, 3);
  EXPECT_TRUE(run.tracker->asks_for_segmentation(6));
  EXPECT_FALSE(run.tracker->asks_for_segmentation(7));
}

TEST(DeaotTracker, TellsWhereParticlesAreInTheFrameLastPushed) {
  Following run = new_run();

  run.push(0, discs_at(0));

  EXPECT_EQ(run.tracker->particles(), imaging::mask_of(synthetic::labels(kField, discs_at(0))));
}

TEST(DeaotTracker, MakesASoundLineageWithWeightsThatKnowNothing) {
  Following run = new_run();
  for (int64_t frame = 0; frame < kFrames; ++frame) {
    run.push(frame, discs_at(frame));
  }

  const Lineage lineage = lineage_of(run);

  EXPECT_GE(lineage.tracks.size(), 3);
  EXPECT_EQ(run.outputs[6].frames[0].index, 6);
}

TEST(DeaotTracker, FindsParticlesThatAppearAfterEmptyFrames) {
  Following run = new_run();
  for (int64_t frame = 0; frame < 3; ++frame) {
    run.push(frame, {});
  }

  run.push(3, discs_at(3));

  EXPECT_THAT(run.outputs[2].frames[0].instances, IsEmpty());
  EXPECT_THAT(run.outputs[3].frames[0].instances, SizeIs(3));
}

TEST(DeaotTracker, ContinuesFromASavedStateToTheBit) {
  Following whole = new_run();
  Following part = new_run();
  for (int64_t frame = 0; frame < 5; ++frame) {
    whole.push(frame, discs_at(frame));
    part.push(frame, discs_at(frame));
  }
  Following rest = new_run();

  rest.tracker->load_state(part.tracker->save_state());

  EXPECT_EQ(rest.tracker->save_state(), part.tracker->save_state());
  for (int64_t frame = 5; frame < kFrames; ++frame) {
    whole.push(frame, discs_at(frame));
    rest.push(frame, discs_at(frame));
    EXPECT_EQ(whole.outputs.back().frames, rest.outputs.back().frames) << frame;
  }
  EXPECT_EQ(whole.tracker->save_state(), rest.tracker->save_state());
}

TEST(DeaotTracker, RefusesAStateThatIsNotItsOwn) {
  Following run = new_run();

  EXPECT_THROW(run.tracker->load_state("something else"), Error);
}

TEST(DeaotTracker, RefusesFramesWithoutImages) {
  Following run = new_run();
  const Grid<float> none;
  const Segmentation segmentation;

  EXPECT_THROW(run.tracker->push({.index = 0, .image = none, .drift = {}},
                                 [&]() -> const Segmentation& { return segmentation; }),
               Error);
}

TEST(DeaotTracker, RefusesOptionsOutOfRange) {
  EXPECT_THROW(new_run({.keyframe_gap = 0}), Error);
  EXPECT_THROW(new_run({.short_side_px = 5}), Error);
  EXPECT_THROW(new_run({.max_gap_frames = 9}), Error);
}

TEST(DeaotTracker, ReducesLargeFieldsAndEnlargesNone) {
  EXPECT_EQ(deaot_input_size({1024, 2048}, 465), (Size{465, 929}));
  EXPECT_EQ(deaot_input_size({480, 854}, 465), (Size{465, 833}));
  EXPECT_EQ(deaot_input_size({97, 65}, 465), (Size{97, 65}));
}

}  // namespace
}  // namespace mote::learned
