#include "mote/simulate/demo.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numbers>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/simulate/plan.h"

namespace mote::simulate {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr uint64_t kSeeds = 20;

/// Made once a seed: the support takes a while.
const Demo& demo_of(uint64_t seed) {
  static std::map<uint64_t, std::unique_ptr<Demo>> demos;
  std::unique_ptr<Demo>& demo = demos[seed];
  if (demo == nullptr) {
    demo = make_demo({.seed = seed});
  }
  return *demo;
}

std::map<EventType, int> count_events(const Lineage& lineage) {
  std::map<EventType, int> counts;
  for (const Event& event : lineage.events) {
    ++counts[event.type];
  }
  return counts;
}

const TruthInstance& find(const TruthFrame& frame, int32_t track) {
  return *std::find_if(frame.instances.begin(), frame.instances.end(),
                       [&](const TruthInstance& instance) { return instance.track == track; });
}

double gap_px(const TruthInstance& a, const TruthInstance& b) {
  return std::hypot(a.centre.y_px - b.centre.y_px, a.centre.x_px - b.centre.x_px) - a.radius_px -
         b.radius_px;
}

double gap_px(const std::vector<Disc>& ours, const std::vector<Disc>& theirs) {
  double gap = 1e9;
  for (const Disc& a : ours) {
    for (const Disc& b : theirs) {
      gap = std::min(gap, measure(a, b).distance_px - a.radius_px - b.radius_px);
    }
  }
  return gap;
}

TEST(Demo, HasASoundLineageWithTwoOfEachEventAwayFromBothEnds) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Demo& demo = demo_of(seed);

    EXPECT_NO_THROW(check(demo.lineage())) << seed;
    const std::map<EventType, int> expected = {
        {EventType::kAppeared, 2},    {EventType::kEntered, 2}, {EventType::kLost, 2},
        {EventType::kLeft, 2},        {EventType::kContact, 4}, {EventType::kParted, 2},
        {EventType::kCoalescence, 2}, {EventType::kSplit, 2}};
    EXPECT_EQ(count_events(demo.lineage()), expected) << seed;
    for (const Event& event : demo.lineage().events) {
      EXPECT_GE(event.frame, 15) << seed;
      EXPECT_LE(event.frame, 240 - 15) << seed;
    }
  }
}

TEST(Demo, ShowsEachTrackFromItsFirstToItsLastFrame) {
  const Demo& demo = demo_of(3);
  std::map<int32_t, std::set<int64_t>> seen;

  for (int64_t index = 0; index < 240; ++index) {
    for (const TruthInstance& instance : demo.truth(index).instances) {
      seen[instance.track].insert(index);
    }
  }

  ASSERT_EQ(seen.size(), demo.lineage().tracks.size());
  for (const Track& track : demo.lineage().tracks) {
    const std::set<int64_t>& frames = seen.at(track.id);
    EXPECT_EQ(*frames.begin(), track.first_frame);
    EXPECT_EQ(*frames.rbegin(), track.last_frame);
    EXPECT_EQ(static_cast<int64_t>(frames.size()), track.last_frame - track.first_frame + 1);
  }
}

TEST(Demo, KeepsParticlesThatAreNoPartnersApart) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Plan plan = make_plan({.seed = seed});
    double nearest = 1e9;

    for (int64_t index = 0; index < 240; ++index) {
      std::vector<std::vector<Disc>> scenes;
      for (const Scene& scene : plan.scenes) {
        const std::vector<Disc> ours = discs_at(scene, static_cast<double>(index));
        for (const std::vector<Disc>& theirs : scenes) {
          nearest = std::min(nearest, gap_px(ours, theirs));
        }
        scenes.push_back(ours);
      }
    }

    EXPECT_GE(nearest, 6) << seed;
  }
}

TEST(Demo, OnlyShowsWhatEntersOrLeavesAtTheBorder) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Demo& demo = demo_of(seed);
    std::set<int32_t> crossing;
    for (const Event& event : demo.lineage().events) {
      if (event.type == EventType::kEntered || event.type == EventType::kLeft) {
        crossing.insert(event.tracks.at(0));
      }
    }

    for (int64_t index = 0; index < 240; index += 3) {
      for (const TruthInstance& instance : demo.truth(index).instances) {
        const Box box = instance.mask.bounds();
        const bool near_border = box.y < 4 || box.x < 4 || box.y_end() > 508 || box.x_end() > 508;
        EXPECT_TRUE(!near_border || crossing.contains(instance.track))
            << "seed " << seed << " frame " << index << " track " << instance.track;
      }
    }
  }
}

TEST(Demo, DatesAContactByTheFirstFrameInWhichTheDiscsTouch) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Demo& demo = demo_of(seed);
    for (const Event& event : demo.lineage().events) {
      if (event.type == EventType::kContact) {
        const TruthFrame before = demo.truth(event.frame_before);
        const TruthFrame after = demo.truth(event.frame);
        const double gap_before =
            gap_px(find(before, event.tracks[0]), find(before, event.tracks[1]));
        const double gap_after = gap_px(find(after, event.tracks[0]), find(after, event.tracks[1]));
        EXPECT_GT(gap_before, 0) << seed;
        EXPECT_LT(gap_after, gap_before - 0.7) << seed;  // sharp: a contact is no matter of taste
        EXPECT_LE(gap_after, 0.1) << seed;               // the chord takes a little off both radii
      }
      if (event.type == EventType::kParted) {
        const TruthFrame before = demo.truth(event.frame_before);
        const TruthFrame after = demo.truth(event.frame);
        EXPECT_LE(gap_px(find(before, event.tracks[0]), find(before, event.tracks[1])), 0) << seed;
        EXPECT_GT(gap_px(find(after, event.tracks[0]), find(after, event.tracks[1])), 0) << seed;
      }
    }
  }
}

TEST(Demo, DatesMergesAndSplitsByANeckOfHalfTheSmallerDiameter) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Plan plan = make_plan({.seed = seed});
    for (const Role& role : plan.roles) {
      const Scene& scene = plan.scenes[role.scene];
      if (scene.motion != Motion::kFuse || role.part != Part::kWhole) {
        continue;
      }
      const auto neck = [&](int64_t frame) {
        const auto discs = discs_at(scene, static_cast<double>(frame));
        return measure(discs[0], discs[1]).neck_ratio;
      };
      const int64_t first_as_one = scene.reversed ? role.last_frame : role.first_frame;
      const int64_t last_as_two = scene.reversed ? first_as_one + 1 : first_as_one - 1;
      EXPECT_GE(neck(first_as_one), 0.5) << seed;
      EXPECT_LT(neck(last_as_two), 0.5) << seed;
    }
  }
}

TEST(Demo, ParticlesThatPassOverlapByMoreThanHalfANeckForLessThanEightFrames) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Plan plan = make_plan({.seed = seed});
    for (const Scene& scene : plan.scenes) {
      if (scene.motion != Motion::kPass) {
        continue;
      }
      int64_t dwell = 0;
      for (int64_t frame = 0; frame < 240; ++frame) {
        const auto discs = discs_at(scene, static_cast<double>(frame));
        dwell += measure(discs[0], discs[1]).neck_ratio > 0.5 ? 1 : 0;
      }
      EXPECT_GE(dwell, 4) << seed;
      EXPECT_LT(dwell, 8) << seed;
    }
  }
}

TEST(Demo, ConservesAreaThroughAMerge) {
  const Demo& demo = demo_of(5);
  for (const Event& event : demo.lineage().events) {
    if (event.type == EventType::kCoalescence) {
      const auto area = [&](int64_t frame, int32_t track) {
        const double radius = find(demo.truth(frame), track).radius_px;
        return radius * radius;
      };
      const double parents = area(0, event.tracks[0]) + area(0, event.tracks[1]);
      const double just_before =
          area(event.frame_before, event.tracks[0]) + area(event.frame_before, event.tracks[1]);
      EXPECT_NEAR(just_before, parents, 1e-6);
      EXPECT_NEAR(area(event.frame, event.children[0]), parents, 1e-6);
      EXPECT_NEAR(area(239, event.children[0]), parents, 1e-6);
    }
  }
}

TEST(Demo, LabelsAreTheInstancesWithTheLowestTrackOnTop) {
  const Demo& demo = demo_of(2);
  for (int64_t index = 0; index < 240; index += 7) {
    const TruthFrame frame = demo.truth(index);
    LabelImage expected(frame.labels.size());
    for (const TruthInstance& instance : frame.instances) {
      for (const mote::Run& run : instance.mask.runs) {
        for (int32_t x = run.x; x < run.x + run.length; ++x) {
          int32_t& label = expected(run.y, x);
          label = label == 0 ? instance.track : std::min(label, instance.track);
        }
      }
    }
    EXPECT_EQ(frame.labels, expected) << index;
  }
}

/// Radius and centre of the darker side of half way between an instance's middle and its surround.
Disc half_level_disc(const Grid<float>& image, const TruthInstance& truth) {
  const Box around = truth.mask.bounds().grown(6, image.size());
  double inside = 0;
  double inside_count = 0;
  double outside = 0;
  double outside_count = 0;
  const auto distance = [&](int64_t y, int64_t x) {
    return std::hypot(static_cast<double>(y) - truth.centre.y_px,
                      static_cast<double>(x) - truth.centre.x_px);
  };
  for (int64_t y = around.y; y < around.y_end(); ++y) {
    for (int64_t x = around.x; x < around.x_end(); ++x) {
      if (distance(y, x) < truth.radius_px - 2) {
        inside += image(y, x);
        ++inside_count;
      } else if (distance(y, x) > truth.radius_px + 2) {
        outside += image(y, x);
        ++outside_count;
      }
    }
  }
  const double half = 0.5 * (inside / inside_count + outside / outside_count);
  double area = 0;
  double y_sum = 0;
  double x_sum = 0;
  for (int64_t y = around.y; y < around.y_end(); ++y) {
    for (int64_t x = around.x; x < around.x_end(); ++x) {
      if (image(y, x) < half) {
        ++area;
        y_sum += static_cast<double>(y);
        x_sum += static_cast<double>(x);
      }
    }
  }
  return {.centre = {.y_px = y_sum / area, .x_px = x_sum / area},
          .radius_px = std::sqrt(area / std::numbers::pi)};
}

TEST(Demo, DrawsEachParticleWhereTheTruthSays) {
  const auto demo = make_demo({.seed = 4, .noise_sd = 0});
  const Grid<float> image = to_float32(demo->read(0).image);

  for (const TruthInstance& instance : demo->truth(0).instances) {
    const Disc seen = half_level_disc(image, instance);

    // The support's texture moves the half level by a few tenths of a pixel here and there.
    EXPECT_NEAR(seen.radius_px, instance.radius_px, 0.25) << instance.track;
    EXPECT_NEAR(seen.centre.y_px, instance.centre.y_px, 0.2) << instance.track;
    EXPECT_NEAR(seen.centre.x_px, instance.centre.x_px, 0.2) << instance.track;
  }
}

TEST(Demo, FramesDependOnOptionsAndIndexAlone) {
  const auto demo = make_demo({.seed = 7});
  const auto again = make_demo({.seed = 7});
  const auto other = make_demo({.seed = 8});

  const Image late = demo->read(200).image;
  const Image early = demo->read(3).image;

  EXPECT_EQ(again->read(3).image, early);
  EXPECT_EQ(again->read(200).image, late);
  EXPECT_NE(other->read(3).image, early);
  EXPECT_NE(demo->read(4).image, early);
}

TEST(Demo, HasTheNoiseThatWasAskedFor) {
  const Grid<float> noisy = to_float32(make_demo({.noise_sd = 9})->read(10).image);
  const Grid<float> clean = to_float32(make_demo({.noise_sd = 0})->read(10).image);
  double sum = 0;
  double squares = 0;
  for (size_t i = 0; i < noisy.values().size(); ++i) {
    const double noise = noisy.values()[i] - clean.values()[i];
    sum += noise;
    squares += noise * noise;
  }
  const auto count = static_cast<double>(noisy.size().area());

  EXPECT_NEAR(sum / count, 0, 0.05);
  EXPECT_NEAR(std::sqrt(squares / count), 9, 0.05);
}

TEST(Demo, DriftsSmoothlyAsFarAsAskedFor) {
  const auto demo = make_demo({.drift_px = 40});
  Point last;
  double farthest = 0;
  double fastest = 0;
  for (int64_t index = 0; index < 240; ++index) {
    const Point drift = demo->truth(index).drift;
    farthest = std::max(farthest, std::hypot(drift.y_px, drift.x_px));
    fastest = std::max(fastest, std::hypot(drift.y_px - last.y_px, drift.x_px - last.x_px));
    last = drift;
  }

  EXPECT_NEAR(farthest, 40, 4);
  EXPECT_LT(fastest, 0.6);
}

TEST(Demo, HasMoreParticlesInALargerField) {
  const auto demo = make_demo({.frames = 120, .height = 1024, .width = 1100});

  EXPECT_EQ(count_events(demo->lineage()).at(EventType::kCoalescence), 8);
  EXPECT_GT(demo->truth(60).instances.size(), 50);
}

TEST(Demo, RefusesWhatItCannotMake) {
  EXPECT_THAT([] { make_demo({.frames = 5}); }, ThrowsMessage<Error>(HasSubstr("frames 5")));
  EXPECT_THAT([] { make_demo({.height = 100}); }, ThrowsMessage<Error>(HasSubstr("height 100")));
  EXPECT_THAT([] { make_demo({.noise_sd = NAN}); }, ThrowsMessage<Error>(HasSubstr("noise nan")));
  EXPECT_THAT([] { make_demo({})->truth(240); }, ThrowsMessage<Error>(HasSubstr("frame 240")));
}

}  // namespace
}  // namespace mote::simulate
