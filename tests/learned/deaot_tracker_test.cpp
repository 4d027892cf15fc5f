#include "mote/learned/deaot_tracker.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/imaging/components.h"
#include "mote/imaging/regions.h"
#include "mote/learned/deaot_propagator.h"
#include "tests/synthetic.h"

namespace mote::learned {
namespace {

using synthetic::Disc;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::ThrowsMessage;
using track::LineageBuilder;
using track::TrackedFrame;
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
    push(frame, synthetic::image(kField, discs, {.noise_sd = 4}),
         imaging::segmentation_of(synthetic::labels(kField, discs)));
  }

  void push(int64_t frame, const Grid<float>& image, const Segmentation& segmentation,
            const BinaryImage& excluded = track::kNothingExcluded) {
    outputs.push_back(tracker->push({.index = frame,
                                     .time = static_cast<double>(frame),
                                     .image = image,
                                     .drift = {},
                                     .excluded = excluded},
                                    [&]() -> const Segmentation& {
                                      ++asked;
                                      return segmentation;
                                    }));
  }

  std::vector<TrackedFrame> frames() {
    outputs.push_back(tracker->finish());
    std::vector<TrackedFrame> all;
    for (const TrackerOutput& output : outputs) {
      all.insert(all.end(), output.frames.begin(), output.frames.end());
    }
    return all;
  }
};

Following new_run(const track::DeaotOptions& options = {.keyframe_gap = 3},
                  const segment::ThresholdOptions& found = {}) {
  return {.tracker = make_deaot_tracker(make_deaot_propagator(random_network(), options, kField),
                                        options, found, kField)};
}

/// What a propagator was told to remember.
struct Told {
  std::string call;
  LabelImage ids;
  int32_t largest_id = 0;
};

/// Says what it is to say, one label image a frame.
class ScriptedPropagator : public MaskPropagator {
 public:
  ScriptedPropagator(std::vector<LabelImage> answers, std::vector<Told>& told)
      : answers_(std::move(answers)), told_(told) {}

  LabelImage propagate(const Grid<float>&) override { return answers_.at(next_++); }
  void reference(const LabelImage& ids, int32_t largest_id) override {
    told_.push_back({"reference", ids, largest_id});
  }
  void restart(const LabelImage& ids, int32_t largest_id) override {
    told_.push_back({"restart", ids, largest_id});
  }
  void update(const LabelImage& ids) override { told_.push_back({"update", ids, 0}); }
  double blur_px() const override { return 2; }
  std::string save_state() const override { return {}; }
  void load_state(std::string_view) override {}

 private:
  std::vector<LabelImage> answers_;
  std::vector<Told>& told_;
  size_t next_ = 0;
};

/// Discs of ids 1, 2, ... as whole pixels, each moved by a pixel or two and larger than it is.
LabelImage coarse_ids(const std::vector<Disc>& discs) {
  std::vector<Disc> coarse = discs;
  for (Disc& disc : coarse) {
    disc = {disc.y_px + 1, disc.x_px - 1, 1.1 * disc.radius_px};
  }
  return synthetic::labels(kField, coarse);
}

double area_px(const TrackedFrame& frame, int32_t label) {
  const LabelImage owners = imaging::coverage_owners(frame.labels, frame.coverage);
  double area = 0;
  for (size_t i = 0; i < owners.values().size(); ++i) {
    area += owners.values()[i] == label ? frame.coverage.values()[i] / 255.0 : 0;
  }
  return area;
}

double area_of_disc(double radius_px) {
  return std::numbers::pi * radius_px * radius_px;
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
  Following run = new_run({.keyframe_gap = 3}, {.refine = false});

  run.push(0, discs_at(0));

  const std::vector<TrackedFrame> frames = run.frames();
  ASSERT_THAT(frames, SizeIs(1));
  EXPECT_EQ(frames[0].labels, synthetic::labels(kField, discs_at(0)));
  EXPECT_THAT(frames[0].coverage.values(), IsEmpty());
  EXPECT_THAT(frames[0].instances, SizeIs(3));
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
  Following run = new_run({.keyframe_gap = 3}, {.refine = false});

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
}

TEST(DeaotTracker, FindsParticlesThatAppearAfterEmptyFrames) {
  Following run = new_run();
  for (int64_t frame = 0; frame < 3; ++frame) {
    run.push(frame, {});
  }

  run.push(3, discs_at(3));

  const std::vector<TrackedFrame> frames = run.frames();
  EXPECT_THAT(frames[2].instances, IsEmpty());
  EXPECT_THAT(frames[3].instances, SizeIs(3));
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
  }
  EXPECT_EQ(whole.tracker->save_state(), rest.tracker->save_state());
  EXPECT_EQ(whole.frames().back(), rest.frames().back());
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
  EXPECT_THROW(new_run({.max_memory_frames = 0}), Error);
  EXPECT_THROW(new_run({.min_piece_share = 0.7}), Error);
}

TEST(DeaotTracker, SaysHowLongAGapItBridges) {
  EXPECT_THAT([] { new_run({.max_gap_frames = 13, .lag_frames = 13}); },
              ThrowsMessage<Error>("max-gap is 13 frames; --tracker deaot bridges 12 at most"));
  EXPECT_NO_THROW(new_run({.max_gap_frames = 12, .lag_frames = 13}));
}

TEST(DeaotTracker, MovesTheBoundariesOfPropagatedMasksToTheEdgesOfTheImage) {
  std::vector<Told> told;
  std::vector<LabelImage> answers = {LabelImage(kField)};
  for (int64_t frame = 1; frame < 4; ++frame) {
    answers.push_back(coarse_ids(discs_at(frame)));
  }
  Following run = {.tracker = make_deaot_tracker(
                       std::make_unique<ScriptedPropagator>(answers, told), {}, {}, kField)};

  for (int64_t frame = 0; frame < 4; ++frame) {
    run.push(frame, discs_at(frame));
  }

  const std::vector<TrackedFrame> frames = run.frames();
  ASSERT_THAT(frames, SizeIs(4));
  for (const TrackedFrame& frame : frames) {
    // The masks that were propagated are a fifth too large.
    EXPECT_NEAR(area_px(frame, 1) / area_of_disc(7), 1, 0.03) << frame.index;
    EXPECT_NEAR(area_px(frame, 2) / area_of_disc(8), 1, 0.03) << frame.index;
    EXPECT_NEAR(area_px(frame, 3) / area_of_disc(6), 1, 0.03) << frame.index;
  }
  ASSERT_THAT(told, SizeIs(4));
  EXPECT_EQ(told[0].call, "reference");
  EXPECT_EQ(told[2].call, "update");
  EXPECT_EQ(told[2].ids, answers[2]);  // what is remembered stays the propagator's
}

TEST(DeaotTracker, KeepsTheBoundaryBetweenParticlesThatTouch) {
  const std::vector<Disc> discs = {{24, 22, 9}, {24, 38, 9}};
  std::vector<Told> told;
  Following run = {.tracker = make_deaot_tracker(
                       std::make_unique<ScriptedPropagator>(
                           std::vector<LabelImage>{LabelImage(kField), coarse_ids(discs)}, told),
                       {}, {}, kField)};

  run.push(0, discs);
  run.push(1, discs);

  const std::vector<TrackedFrame> frames = run.frames();
  ASSERT_THAT(frames[1].instances, SizeIs(2));
  EXPECT_EQ(frames[1].labels(24, 22), 1);
  EXPECT_EQ(frames[1].labels(24, 38), 2);
  const double union_px = synthetic::sum(synthetic::coverage(kField, discs));
  EXPECT_NEAR((area_px(frames[1], 1) + area_px(frames[1], 2)) / union_px, 1, 0.03);
  EXPECT_NEAR(area_px(frames[1], 1) / area_px(frames[1], 2), 1, 0.15);
}

TEST(DeaotTracker, FollowsParticlesThatTheBorderCuts) {
  const std::vector<Disc> discs = {{2, 30, 9}};
  std::vector<Told> told;
  Following run = {.tracker = make_deaot_tracker(
                       std::make_unique<ScriptedPropagator>(
                           std::vector<LabelImage>{LabelImage(kField), coarse_ids(discs)}, told),
                       {}, {}, kField)};

  run.push(0, discs);
  run.push(1, discs);

  const double seen_px = synthetic::sum(synthetic::coverage(kField, discs));
  EXPECT_NEAR(area_px(run.frames()[1], 1) / seen_px, 1, 0.04);
}

// A mask over nothing has no edge to move to.
TEST(DeaotTracker, LeavesMasksWithoutAnEdgeWhereTheyWere) {
  const std::vector<Disc> discs = {{24, 30, 9}};
  std::vector<Told> told;
  Following run = {
      .tracker = make_deaot_tracker(
          std::make_unique<ScriptedPropagator>(
              std::vector<LabelImage>{LabelImage(kField), synthetic::labels(kField, {{24, 30, 9}})},
              told),
          {}, {}, kField)};

  run.push(0, discs);
  run.push(1, synthetic::image(kField, {}, {.noise_sd = 4}), {});

  EXPECT_NEAR(area_px(run.frames()[1], 1) / area_of_disc(9), 1, 0.2);
}

TEST(DeaotTracker, CoversNothingOfWhatIsNoSpecimen) {
  const std::vector<Disc> discs = {{24, 30, 9}};
  BinaryImage excluded(kField);
  std::fill_n(excluded.row(24), kField.width, uint8_t{1});
  std::vector<Told> told;
  Following run = {.tracker = make_deaot_tracker(
                       std::make_unique<ScriptedPropagator>(
                           std::vector<LabelImage>{LabelImage(kField), coarse_ids(discs)}, told),
                       {}, {}, kField)};

  run.push(0, discs);
  run.push(1, synthetic::image(kField, discs), {}, excluded);

  const std::vector<TrackedFrame> frames = run.frames();
  EXPECT_EQ(frames[1].labels(24, 30), 0);
  EXPECT_EQ(frames[1].labels(20, 30), 1);
}

// Half of the image is darker than the particle: its polarity shows at its rim alone.
TEST(DeaotTracker, TakesParticlesForDarkWhereTheSegmenterDoes) {
  const std::vector<Disc> discs = {{24, 50, 8}};
  Grid<float> image = synthetic::image(kField, discs, {.particle = 100});
  for (int64_t y = 0; y < kField.height; ++y) {
    std::fill_n(image.row(y), 30, 0.0F);
  }
  Segmentation segmentation = imaging::segmentation_of(synthetic::labels(kField, discs));
  segmentation.values["bright"] = 0;
  std::vector<Told> told;
  Following run = {.tracker = make_deaot_tracker(
                       std::make_unique<ScriptedPropagator>(
                           std::vector<LabelImage>{LabelImage(kField), coarse_ids(discs)}, told),
                       {}, {}, kField)};

  run.push(0, image, segmentation);
  run.push(1, image, {});

  EXPECT_NEAR(area_px(run.frames()[1], 1) / area_of_disc(8), 1, 0.03);
}

TEST(DeaotTracker, FollowsThePiecesOfWhatSplitsAsParticlesOfTheirOwn) {
  const std::vector<Disc> whole = {{24, 30, 11}};
  const std::vector<Disc> apart = {{24, 22, 8}, {24, 39, 7}};
  LabelImage of_one = synthetic::labels(kField, apart);
  std::replace(of_one.values().begin(), of_one.values().end(), 2, 1);
  std::vector<LabelImage> answers(12, of_one);
  answers[0] = LabelImage(kField);
  answers[1] = synthetic::labels(kField, whole);
  std::vector<Told> told;
  Following run = {
      .tracker = make_deaot_tracker(std::make_unique<ScriptedPropagator>(answers, told),
                                    {.keyframe_gap = 20, .confirm = 9}, {.refine = false}, kField)};

  for (int64_t frame = 0; frame < 12; ++frame) {
    run.push(frame, frame < 2 ? whole : apart);
  }

  ASSERT_THAT(told, SizeIs(12));  // once a frame
  EXPECT_EQ(told.back().call, "restart");
  EXPECT_EQ(told.back().largest_id, 2);
  EXPECT_EQ(told.back().ids, synthetic::labels(kField, apart));
  const Lineage lineage = lineage_of(run);
  ASSERT_THAT(lineage.tracks, SizeIs(3));
  EXPECT_THAT(lineage.tracks[2].parents, ElementsAre(1));
}

TEST(DeaotPropagator, ForgetsWhatItKnewWhenItStartsAnew) {
  const Grid<float> image = synthetic::image(kField, discs_at(0), {.noise_sd = 4});
  const LabelImage ids = synthetic::labels(kField, discs_at(0));
  const auto fresh = make_deaot_propagator(random_network(), {}, kField);
  const auto used = make_deaot_propagator(random_network(), {}, kField);
  fresh->propagate(image);
  fresh->reference(ids, 3);
  used->propagate(image);
  used->reference(LabelImage(kField, 1), 1);
  used->propagate(image);

  used->restart(ids, 3);

  EXPECT_EQ(used->save_state(), fresh->save_state());
}

TEST(DeaotPropagator, KnowsHowFarBoundariesMayBeOff) {
  EXPECT_EQ(make_deaot_propagator(random_network(), {}, kField)->blur_px(), 2);
  EXPECT_NEAR(make_deaot_propagator(random_network(), {}, {930, 1858})->blur_px(), 4, 0.01);
}

TEST(DeaotPropagator, ReducesLargeFieldsAndEnlargesNone) {
  EXPECT_EQ(deaot_input_size({1024, 2048}, 465), (Size{465, 929}));
  EXPECT_EQ(deaot_input_size({480, 854}, 465), (Size{465, 833}));
  EXPECT_EQ(deaot_input_size({97, 65}, 465), (Size{97, 65}));
}

}  // namespace
}  // namespace mote::learned
