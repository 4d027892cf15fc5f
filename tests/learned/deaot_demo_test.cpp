#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <memory>
#include <numbers>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "mote/core/image.h"
#include "mote/imaging/regions.h"
#include "mote/learned/deaot_tracker.h"
#include "mote/segment/threshold.h"
#include "mote/simulate/demo.h"

namespace mote::learned {
namespace {

constexpr int64_t kBlockPx = 4;
const simulate::DemoOptions kDemo = {.seed = 3, .frames = 120, .height = 384, .width = 384};

/// A propagator that makes no mistakes but that it sees in blocks of pixels: particles have the id
/// that was remembered where they are, also after a merge and after a split.
class TruePropagator : public MaskPropagator {
 public:
  explicit TruePropagator(simulate::Demo& demo) : demo_(demo) {}

  LabelImage propagate(const Grid<float>& image) override {
    LabelImage labels(image.size());
    for (const simulate::TruthInstance& instance : demo_.truth(next_++).instances) {
      if (!remembered_.empty()) {
        paint(labels, instance.mask, remembered_id(instance.mask));
      }
    }
    return in_blocks(labels);
  }
  void reference(const LabelImage& ids, int32_t) override { remembered_ = ids; }
  void restart(const LabelImage& ids, int32_t) override { remembered_ = ids; }
  void update(const LabelImage& ids) override { remembered_ = ids; }
  double blur_px() const override { return kBlockPx / 2.0; }
  std::string save_state() const override { return {}; }
  void load_state(std::string_view) override {}

 private:
  int32_t remembered_id(const Mask& mask) const {
    std::map<int32_t, int64_t> pixels;
    for (const Run& run : mask.runs) {
      for (int32_t x = run.x; x < run.x + run.length; ++x) {
        ++pixels[remembered_(run.y, x)];
      }
    }
    pixels.erase(0);
    const auto most = std::max_element(pixels.begin(), pixels.end(),
                                       [](auto& a, auto& b) { return a.second < b.second; });
    return most == pixels.end() ? 0 : most->first;
  }

  static LabelImage in_blocks(const LabelImage& labels) {
    LabelImage blocks(labels.size());
    for (int64_t y = 0; y < labels.height(); ++y) {
      for (int64_t x = 0; x < labels.width(); ++x) {
        blocks(y, x) = labels(y / kBlockPx * kBlockPx + 1, x / kBlockPx * kBlockPx + 1);
      }
    }
    return blocks;
  }

  simulate::Demo& demo_;
  LabelImage remembered_;
  int64_t next_ = 0;
};

struct Followed {
  Lineage lineage;
  std::vector<track::TrackedFrame> frames;
};

Followed follow(simulate::Demo& demo, const segment::ThresholdOptions& options) {
  const Size field = {kDemo.height, kDemo.width};
  const auto segmenter = segment::make_threshold_segmenter(options);
  const auto tracker =
      make_deaot_tracker(std::make_unique<TruePropagator>(demo), {}, options, field);
  Followed followed;
  track::LineageBuilder builder;
  const auto take = [&](track::TrackerOutput output) {
    builder.add(output);
    std::move(output.frames.begin(), output.frames.end(), std::back_inserter(followed.frames));
  };
  for (int64_t index = 0; index < kDemo.frames; ++index) {
    const Grid<float> image = to_float32(demo.read(index).image);
    Segmentation segmentation;
    take(tracker->push({.index = index,
                        .time = static_cast<double>(index),
                        .image = image,
                        .drift = demo.truth(index).drift},
                       [&]() -> const Segmentation& {
                         segmentation = segment_one(*segmenter, {.image = image, .excluded = {}});
                         return segmentation;
                       }));
  }
  take(tracker->finish());
  followed.lineage = builder.build();
  return followed;
}

std::vector<Event> events_of(const Lineage& lineage, EventType type) {
  std::vector<Event> events;
  std::copy_if(lineage.events.begin(), lineage.events.end(), std::back_inserter(events),
               [type](const Event& event) { return event.type == type; });
  return events;
}

/// Mean of |ECD / true ECD - 1| of particles that lie alone and whole in the field.
double mean_size_error(simulate::Demo& demo, const std::vector<track::TrackedFrame>& frames) {
  double sum = 0;
  double count = 0;
  for (const track::TrackedFrame& frame : frames) {
    std::vector<double> areas_px(frame.instances.size() + 1);
    const bool refined = !frame.coverage.empty();
    const LabelImage owners =
        refined ? imaging::coverage_owners(frame.labels, frame.coverage) : frame.labels;
    for (size_t i = 0; i < owners.values().size(); ++i) {
      areas_px[static_cast<size_t>(owners.values()[i])] +=
          refined ? frame.coverage.values()[i] / 255.0 : 1;
    }
    const simulate::TruthFrame truth = demo.truth(frame.index);
    std::map<int32_t, int64_t> particles_of;
    const auto label_of = [&](const simulate::TruthInstance& instance) {
      return frame.labels(
          std::clamp<int64_t>(std::lround(instance.centre.y_px), 0, kDemo.height - 1),
          std::clamp<int64_t>(std::lround(instance.centre.x_px), 0, kDemo.width - 1));
    };
    for (const simulate::TruthInstance& instance : truth.instances) {
      ++particles_of[label_of(instance)];
    }
    for (const simulate::TruthInstance& instance : truth.instances) {
      const int32_t label = label_of(instance);
      const double area_px = std::numbers::pi * instance.radius_px * instance.radius_px;
      const bool is_whole = static_cast<double>(instance.mask.area_px()) > 0.97 * area_px;
      if (label != 0 && particles_of[label] == 1 && is_whole) {
        sum += std::abs(std::sqrt(areas_px[static_cast<size_t>(label)] / area_px) - 1);
        ++count;
      }
    }
  }
  return sum / count;
}

/// The demo, followed once for all tests.
class DeaotDemo : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    demo = simulate::make_demo(kDemo);
    followed = follow(*demo, {});
  }

  static std::unique_ptr<simulate::Demo> demo;
  static Followed followed;
};

std::unique_ptr<simulate::Demo> DeaotDemo::demo;
Followed DeaotDemo::followed;

TEST_F(DeaotDemo, HasItsMergesAndSplitsTold) {
  const std::vector<Event> splits = events_of(followed.lineage, EventType::kSplit);
  const std::vector<Event> true_splits = events_of(demo->lineage(), EventType::kSplit);
  ASSERT_EQ(true_splits.size(), 2);
  ASSERT_EQ(splits.size(), 2);
  for (size_t i = 0; i < splits.size(); ++i) {
    // Apart to the eye of the propagator a few frames after the two touch no more.
    EXPECT_GE(splits[i].frame, true_splits[i].frame);
    EXPECT_LE(splits[i].frame, true_splits[i].evidence.at("parted_frame") + 5);
    EXPECT_NEAR(splits[i].position.y_px, true_splits[i].position.y_px, 3);
    EXPECT_NEAR(splits[i].position.x_px, true_splits[i].position.x_px, 3);
    EXPECT_EQ(splits[i].children.size(), 2);
  }
  const std::vector<Event> merges = events_of(followed.lineage, EventType::kCoalescence);
  const std::vector<Event> true_merges = events_of(demo->lineage(), EventType::kCoalescence);
  ASSERT_EQ(true_merges.size(), 2);
  ASSERT_EQ(merges.size(), 2);
  for (size_t i = 0; i < merges.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(merges[i].frame), static_cast<double>(true_merges[i].frame), 1);
    EXPECT_NEAR(merges[i].position.y_px, true_merges[i].position.y_px, 3);
  }
}

TEST_F(DeaotDemo, HasSizesToAFractionOfAPixelInEveryFrame) {
  const double whole_px = mean_size_error(*demo, follow(*demo, {.refine = false}).frames);

  const double refined = mean_size_error(*demo, followed.frames);

  RecordProperty("refined", std::to_string(refined));
  RecordProperty("whole_px", std::to_string(whole_px));
  EXPECT_EQ(followed.frames.size(), kDemo.frames);
  EXPECT_LT(refined, 0.006);
  EXPECT_GT(whole_px, 2 * refined);
}

}  // namespace
}  // namespace mote::learned
