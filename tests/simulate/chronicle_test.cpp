#include "mote/simulate/chronicle.h"

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/simulate/world_presets.h"

namespace mote::simulate {
namespace {

struct Told {
  std::vector<WorldFrame> frames;
  Lineage lineage;
  std::vector<TrackEvent> events;
};

Told told(const WorldOptions& options) {
  World world(options);
  Chronicle chronicle(world);
  Told told;
  for (int64_t i = 0; i < options.frames; ++i) {
    told.frames.push_back(chronicle.next());
  }
  told.lineage = chronicle.lineage();
  told.events = chronicle.events();
  return told;
}

WorldOptions small(std::string_view preset) {
  WorldOptions options = *world_preset(preset);
  options.particles *= 0.5;
  options.height_px = 384;
  options.width_px = 384;
  options.frames = 120;
  options.ripening.ensemble = 2000;
  return options;
}

const Told& of_preset(const std::string& preset) {
  static std::map<std::string, Told> all;
  const auto found = all.find(preset);
  return found != all.end() ? found->second
                            : all.emplace(preset, told(small(preset))).first->second;
}

std::map<EventType, int> counts(const Lineage& lineage) {
  std::map<EventType, int> counts;
  for (const Event& event : lineage.events) {
    ++counts[event.type];
  }
  return counts;
}

TEST(Chronicle, TellsASoundLineageOfEveryPreset) {
  for (const std::string_view preset : world_presets()) {
    const Told& told = of_preset(std::string(preset));

    EXPECT_NO_THROW(check(told.lineage)) << preset;
    EXPECT_GE(told.lineage.tracks.size(), 2U) << preset;
  }
}

TEST(Chronicle, ShowsEachTrackFromItsFirstToItsLastFrame) {
  for (const char* preset : {"coalescence", "drift", "nucleation"}) {
    const Told& told = of_preset(preset);
    std::map<int32_t, std::set<int64_t>> seen;
    for (const WorldFrame& frame : told.frames) {
      for (const WorldInstance& instance : frame.instances) {
        seen[instance.track].insert(frame.index);
      }
    }

    ASSERT_EQ(seen.size(), told.lineage.tracks.size()) << preset;
    for (const Track& track : told.lineage.tracks) {
      EXPECT_EQ(*seen.at(track.id).begin(), track.first_frame) << preset;
      EXPECT_EQ(*seen.at(track.id).rbegin(), track.last_frame) << preset;
    }
  }
}

TEST(Chronicle, GivesEveryTrackABeginningAndAnEnd) {
  for (const std::string_view preset : world_presets()) {
    const Told& told = of_preset(std::string(preset));
    std::map<int32_t, int> begun;
    std::map<int32_t, int> ended;
    for (const Event& event : told.lineage.events) {
      switch (event.type) {
        case EventType::kAppeared:
        case EventType::kEntered: ++begun[event.tracks.at(0)]; break;
        case EventType::kLost:
        case EventType::kLeft: ++ended[event.tracks.at(0)]; break;
        case EventType::kCoalescence:
          for (const int32_t parent : event.tracks) {
            ++ended[parent];
          }
          ++begun[event.children.at(0)];
          break;
        default: break;
      }
    }

    for (const Track& track : told.lineage.tracks) {
      EXPECT_EQ(begun[track.id], track.first_frame > 0 ? 1 : 0) << preset << " " << track.id;
      EXPECT_EQ(ended[track.id], track.last_frame < 119 ? 1 : 0) << preset << " " << track.id;
    }
  }
}

TEST(Chronicle, DatesEventsExactlyBetweenTheFramesThatItNames) {
  const WorldOptions options = small("coalescence");
  const Told& told = of_preset("coalescence");
  const auto middle = [&](int64_t frame) {
    return static_cast<double>(frame) * options.frame_interval_s + 0.5 * options.exposure_s;
  };
  int merges = 0;
  for (const Event& event : told.lineage.events) {
    const double time = event.evidence.at("time_s");
    if (event.type == EventType::kCoalescence || event.type == EventType::kContact) {
      EXPECT_GT(time, middle(event.frame_before));
      EXPECT_LE(time, middle(event.frame));
    }
    if (event.type == EventType::kCoalescence) {
      EXPECT_LT(event.evidence.at("contact_s"), time);
      ++merges;
    }
  }
  EXPECT_GE(merges, 3);
}

// The outline's ideal border crossing and the mask's first or last pixel differ by up to a pixel.
TEST(Chronicle, DatesBirthsAndDeathsBetweenTheFramesThatItNames) {
  int checked = 0;
  for (const std::string_view preset : world_presets()) {
    const WorldOptions options = small(preset);
    const auto middle = [&](int64_t frame) {
      return static_cast<double>(frame) * options.frame_interval_s + 0.5 * options.exposure_s;
    };
    for (const Event& event : of_preset(std::string(preset)).lineage.events) {
      const double time = event.evidence.at("time_s");
      EXPECT_TRUE(event.frame == 0 || time > middle(event.frame_before))
          << preset << " " << name(event.type) << " of " << event.tracks[0] << " at " << time;
      EXPECT_LE(time, middle(event.frame))
          << preset << " " << name(event.type) << " of " << event.tracks[0];
      checked += event.type == EventType::kEntered || event.type == EventType::kLeft ? 1 : 0;
    }
  }
  EXPECT_GE(checked, 100);
}

TEST(Chronicle, TellsOverlapsThatAreThereFromTheBeginning) {
  int from_the_beginning = 0;
  for (const Event& event : of_preset("overlap").lineage.events) {
    const bool overlap = event.evidence.contains("overlap");
    from_the_beginning += overlap && event.type == EventType::kContact && event.frame == 0 ? 1 : 0;
  }

  EXPECT_GE(from_the_beginning, 1);
}

int64_t shared_px(const Mask& a, const Mask& b, Size field) {
  LabelImage both(field);
  paint(both, a, 1);
  paint(both, b, 1);
  return a.area_px() + b.area_px() - masks_of(both).at(1).area_px();
}

// Also where one of the two grows together with a third, or where both come into sight later.
TEST(Chronicle, TellsEveryOverlapThatTheMasksShow) {
  WorldOptions options = small("overlap");
  options.coalescence.enabled = true;
  options.stage.velocity_x_nm_per_s = 2;
  const Told crossing = told(options);

  std::vector<Event> events = crossing.lineage.events;
  std::erase_if(events, [](const Event& event) { return !event.evidence.contains("overlap"); });
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    return a.evidence.at("time_s") < b.evidence.at("time_s");
  });
  std::set<std::vector<int32_t>> on;
  size_t next = 0;
  int pairs = 0;
  for (const WorldFrame& frame : crossing.frames) {
    for (; next < events.size() && events[next].frame <= frame.index; ++next) {
      if (events[next].type == EventType::kContact) {
        on.insert(events[next].tracks);
      } else {
        on.erase(events[next].tracks);
      }
    }
    for (size_t b = 0; b < frame.instances.size(); ++b) {
      for (size_t a = 0; a < b; ++a) {
        const WorldInstance& first = frame.instances[a];
        const WorldInstance& second = frame.instances[b];
        const double apart = std::hypot(first.centre.y_px - second.centre.y_px,
                                        first.centre.x_px - second.centre.x_px);
        const double reach = (first.radius_nm + second.radius_nm) / options.pixel_size_nm;
        // The ideal outlines of two that share few pixels need not overlap.
        if (first.face != second.face && apart < reach &&
            shared_px(first.mask, second.mask, frame.labels.size()) > 30) {
          const bool is_told = on.contains({first.track, second.track});
          EXPECT_TRUE(is_told) << first.track << " and " << second.track << " in frame "
                               << frame.index << ", neck ratios " << first.neck_ratio << ", "
                               << second.neck_ratio;
          pairs += first.neck_ratio > 0 || second.neck_ratio > 0 ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GE(pairs, 100);
}

// What the events say of every track's contrast in the middle of a frame is what is seen there.
TEST(Chronicle, TellsOfEveryTrackWhenItIsDark) {
  WorldOptions options = small("coalescence");
  options.flicker = {.enabled = true, .bright_time_s = 2, .dark_time_s = 2};
  const Told flickering = told(options);

  int dark_pairs = 0;
  std::map<int32_t, bool> dark;
  size_t next = 0;
  for (const WorldFrame& frame : flickering.frames) {
    for (; next < flickering.events.size() && flickering.events[next].time_s <= frame.time_s;
         ++next) {
      const TrackEvent& event = flickering.events[next];
      if (event.type == WorldEventType::kContrastLost ||
          event.type == WorldEventType::kContrastBack) {
        dark[event.tracks.at(0)] = event.type == WorldEventType::kContrastLost;
      }
    }
    for (const WorldInstance& instance : frame.instances) {
      EXPECT_EQ(dark[instance.track], instance.dark)
          << instance.track << " in frame " << frame.index;
      dark_pairs += instance.dark && instance.neck_ratio > 0 ? 1 : 0;
    }
  }
  EXPECT_GE(dark_pairs, 10);
}

TEST(Chronicle, MakesOneTrackOfTwoWhenTheNeckIsHalfAsWideAsTheSmaller) {
  const Told& told = of_preset("coalescence");
  for (const Event& event : told.lineage.events) {
    if (event.type != EventType::kCoalescence) {
      continue;
    }
    for (const WorldInstance& instance :
         told.frames.at(static_cast<size_t>(event.frame)).instances) {
      if (instance.track == event.children[0]) {
        EXPECT_GE(instance.neck_ratio, 0.5);
      }
    }
    for (const WorldInstance& instance :
         told.frames.at(static_cast<size_t>(event.frame_before)).instances) {
      if (instance.track == event.tracks[0]) {
        EXPECT_LT(instance.neck_ratio, 0.5);
      }
    }
  }
}

/// How many instances of merged tracks show the neck that the merge's dates say.
int64_t well_dated(const Told& told) {
  int64_t dated = 0;
  for (const Event& event : told.lineage.events) {
    if (event.type != EventType::kCoalescence || !event.evidence.contains("complete_s")) {
      continue;
    }
    for (const WorldFrame& frame : told.frames) {
      for (const WorldInstance& instance : frame.instances) {
        if (instance.track == event.children[0] && frame.time_s < event.evidence.at("complete_s")) {
          EXPECT_EQ(instance.neck_ratio >= 0.7, frame.time_s >= event.evidence.at("merged_s"));
          ++dated;
        }
      }
    }
  }
  return dated;
}

TEST(Chronicle, DatesTheNeckOfAMergeAsItsInstancesShowIt) {
  EXPECT_GE(well_dated(of_preset("coalescence")), 10);
}

// A track whose particle later merges with one out of view goes on, and has another neck then.
TEST(Chronicle, LeavesAMergeItsDateWhenTheParticleMergesAgainOutOfView) {
  WorldOptions options = small("coalescence");
  options.height_px = 128;
  options.width_px = 128;
  options.particles = 4;
  options.frames = 300;
  int64_t dated = 0;
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    options.seed = seed;
    dated += well_dated(told(options));
  }

  EXPECT_GE(dated, 10);
}

TEST(Chronicle, DatesANeckThatIsMergedBeforeItsTracksAreOne) {
  WorldOptions options = small("coalescence");
  options.coalescence.merge_neck_ratio = 0.9;

  const Told late = told(options);

  int64_t merges = 0;
  for (const Event& event : late.lineage.events) {
    if (event.type == EventType::kCoalescence) {
      ++merges;
      EXPECT_LT(event.evidence.at("merged_s"), event.evidence.at("time_s"));
    }
  }
  EXPECT_GE(merges, 1);
}

TEST(Chronicle, GoesOnWithTheTrackOfTheOnlyParentThatWasInSight) {
  const Told& told = of_preset("coalescence");
  int64_t goes_on = 0;
  for (const TrackEvent& event : told.events) {
    const bool half = event.type == WorldEventType::kHalfNeck;
    goes_on += half && event.tracks == std::vector{event.result} ? 1 : 0;
  }

  EXPECT_GE(goes_on, 1);
  for (const Track& track : told.lineage.tracks) {
    EXPECT_NE(track.parents.size(), 1U) << track.id;
  }
}

TEST(Chronicle, LosesAndFindsOnlyWhatIsNotCutByTheBorder) {
  const Told& told = of_preset("crowded");
  std::map<std::pair<int32_t, int64_t>, Box> boxes;
  for (const WorldFrame& frame : told.frames) {
    for (const WorldInstance& instance : frame.instances) {
      boxes[{instance.track, frame.index}] = instance.mask.bounds();
    }
  }
  for (const Event& event : told.lineage.events) {
    if (event.type == EventType::kLost || event.type == EventType::kAppeared) {
      const int64_t seen = event.type == EventType::kLost ? event.frame_before : event.frame;
      const Box box = boxes.at({event.tracks[0], seen});
      EXPECT_TRUE(box.y > 0 && box.x > 0 && box.y_end() < 384 && box.x_end() < 384)
          << name(event.type) << " " << event.tracks[0];
    }
  }
}

TEST(Chronicle, CallsParticlesThatCrossAContactThatParts) {
  const Told& told = of_preset("overlap");
  std::map<EventType, int> found = counts(told.lineage);

  EXPECT_GE(found[EventType::kContact], 5);
  EXPECT_GE(found[EventType::kParted], 3);
  EXPECT_EQ(found[EventType::kCoalescence], 0);
  for (const Event& event : told.lineage.events) {
    if (event.type == EventType::kContact) {
      EXPECT_EQ(event.evidence.at("overlap"), 1);
    }
  }
}

TEST(Chronicle, KeepsWholeMasksWhereParticlesOverlap) {
  const Told& told = of_preset("overlap");
  bool covered = false;
  for (const WorldFrame& frame : told.frames) {
    const std::map<int32_t, Mask> shown = masks_of(frame.labels);
    for (const WorldInstance& instance : frame.instances) {
      const auto found = shown.find(instance.track);
      const int64_t area = found == shown.end() ? 0 : found->second.area_px();
      EXPECT_LE(area, instance.mask.area_px());
      covered = covered || area < instance.mask.area_px();
    }
  }
  EXPECT_TRUE(covered);
}

TEST(Chronicle, KeepsTheTrackOfAParticleOutOfContrastButNotItsLabel) {
  const Told& told = of_preset("flicker");
  int dark = 0;
  for (const WorldFrame& frame : told.frames) {
    const std::map<int32_t, Mask> shown = masks_of(frame.labels);
    for (const WorldInstance& instance : frame.instances) {
      dark += instance.dark ? 1 : 0;
      EXPECT_FALSE(instance.dark && shown.contains(instance.track));
    }
  }
  EXPECT_GE(dark, 10);
}

TEST(Chronicle, TellsNucleiAndWhatDissolves) {
  int nucleated = 0;
  int dissolved = 0;
  for (const Event& event : of_preset("nucleation").lineage.events) {
    nucleated += event.evidence.contains("nucleated") ? 1 : 0;
  }
  WorldOptions options = small("ripening");
  options.ripening.rate_nm_n_per_s = 20;
  for (const Event& event : told(options).lineage.events) {
    dissolved += event.evidence.contains("dissolved") ? 1 : 0;
  }

  EXPECT_GE(nucleated, 10);
  EXPECT_GE(dissolved, 5);
}

TEST(Chronicle, MeasuresDriftInPixelsSinceTheFirstFrame) {
  WorldOptions options = small("drift");
  options.stage.wander_nm = 0;
  options.stage.jump_nm = 0;
  options.frames = 11;

  const Told found = told(options);

  // Between the middles of the exposures of frames 0 and 10, 1 s, in pixels of 0.2 nm.
  EXPECT_EQ(found.frames[0].drift, (Point{0, 0}));
  EXPECT_NEAR(found.frames[10].drift.y_px, 0.4 * 1.0 / 0.2, 1e-9);
  EXPECT_NEAR(found.frames[10].drift.x_px, -0.7 * 1.0 / 0.2, 1e-9);
}

TEST(Chronicle, HasInstancesWhoseAreaIsThatOfTheirRadius) {
  const WorldOptions options = small("ripening");
  for (const WorldInstance& instance : of_preset("ripening").frames[60].instances) {
    const Box box = instance.mask.bounds();
    const bool inside = box.y > 0 && box.x > 0 && box.y_end() < 384 && box.x_end() < 384;
    if (inside) {
      const double radius = instance.radius_nm / options.pixel_size_nm;
      const double area = 3.14159265 * radius * radius;
      // A disc's area in pixels scatters by about 0.7 sqrt(2 pi r).
      EXPECT_NEAR(static_cast<double>(instance.mask.area_px()), area, 3 * std::sqrt(6.3 * radius));
    }
  }
}

}  // namespace
}  // namespace mote::simulate
