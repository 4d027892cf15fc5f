#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/track/recordings.h"

namespace mote::track {
namespace {

using synthetic::Disc;
using testing::Each;
using testing::Field;
using testing::IsEmpty;
using testing::Lt;

constexpr Size kCrowdField = {140, 140};

/// A crowd of discs that push about, meet, grow, shrink and vanish for some frames, and that the
/// segmentation joins at random.
std::vector<Segmentation> crowd(uint32_t seed, int64_t frames) {
  std::mt19937 random(seed);
  const auto uniform = [&](double from, double to) {
    return from + (to - from) * static_cast<double>(random()) / 4294967296.0;
  };
  struct Mover {
    Disc disc;
    double dy = 0;
    double dx = 0;
  };
  std::vector<Mover> movers;
  for (int i = 0; i < 10; ++i) {
    movers.push_back({.disc = {uniform(0, 140), uniform(0, 140), uniform(3, 14)},
                      .dy = uniform(-1.5, 1.5),
                      .dx = uniform(-1.5, 1.5)});
  }
  std::vector<Segmentation> recording;
  for (int64_t frame = 0; frame < frames; ++frame) {
    std::vector<Disc> discs;
    for (Mover& mover : movers) {
      mover.dy += uniform(-0.3, 0.3);
      mover.dx += uniform(-0.3, 0.3);
      mover.disc.y_px = std::clamp(mover.disc.y_px + mover.dy, -10.0, 150.0);
      mover.disc.x_px = std::clamp(mover.disc.x_px + mover.dx, -10.0, 150.0);
      mover.disc.radius_px = std::clamp(mover.disc.radius_px + uniform(-0.5, 0.5), 2.0, 16.0);
      if (uniform(0, 1) > 0.02) {
        discs.push_back(mover.disc);
      }
    }
    LabelImage labels = synthetic::labels(kCrowdField, discs);
    for (const Neck& neck : imaging::segmentation_of(labels).necks) {
      if (uniform(0.5, 1.2) < neck.ratio) {
        std::replace(labels.values().begin(), labels.values().end(), neck.b, neck.a);
      }
    }
    recording.push_back(imaging::segmentation_of(labels));
  }
  return recording;
}

/// Faint particles in noise: most are there for a frame or three, and touch whatever is near.
std::vector<Segmentation> noise(uint32_t seed, int64_t frames) {
  std::mt19937 random(seed);
  const auto uniform = [&](double from, double to) {
    return from + (to - from) * static_cast<double>(random()) / 4294967296.0;
  };
  std::vector<Disc> discs(24);
  for (Disc& disc : discs) {
    disc = {uniform(0, 140), uniform(0, 140), uniform(4, 14)};
  }
  std::vector<Segmentation> recording;
  for (int64_t frame = 0; frame < frames; ++frame) {
    std::vector<Disc> seen;
    for (Disc& disc : discs) {
      if (uniform(0, 1) < 0.3) {
        disc = {uniform(0, 140), uniform(0, 140), uniform(4, 14)};
      }
      disc.y_px += uniform(-3, 3);
      disc.x_px += uniform(-3, 3);
      if (uniform(0, 1) < 0.7) {
        seen.push_back(disc);
      }
    }
    recording.push_back(imaging::segmentation_of(synthetic::labels(kCrowdField, seen)));
  }
  return recording;
}

/// Leaves of a disc four pieces of its rim, labels from `first` on, as a crystal out of contrast
/// does.
void fade(LabelImage& labels, int32_t label, const Disc& disc, int32_t first) {
  for (int64_t y = 0; y < labels.height(); ++y) {
    for (int64_t x = 0; x < labels.width(); ++x) {
      if (labels(y, x) != label) {
        continue;
      }
      const double dy = static_cast<double>(y) - disc.y_px;
      const double dx = static_cast<double>(x) - disc.x_px;
      const bool is_rim = std::hypot(dy, dx) > 0.7 * disc.radius_px;
      const bool is_gap = std::abs(dy) < 2 || std::abs(dx) < 2;
      labels(y, x) = is_rim && !is_gap ? first + (dy > 0 ? 1 : 0) + (dx > 0 ? 2 : 0) : 0;
    }
  }
}

/// The same regions with labels from 1 on without holes.
LabelImage renumbered(LabelImage labels) {
  std::map<int32_t, int32_t> number;
  for (int32_t& label : labels.values()) {
    if (label != 0) {
      label = number.try_emplace(label, static_cast<int32_t>(number.size()) + 1).first->second;
    }
  }
  return labels;
}

/// Crystals that move, touch and turn in and out of contrast.
std::vector<Segmentation> flickering(uint32_t seed, int64_t frames) {
  std::mt19937 random(seed);
  const auto uniform = [&](double from, double to) {
    return from + (to - from) * static_cast<double>(random()) / 4294967296.0;
  };
  std::vector<Disc> discs(7);
  for (Disc& disc : discs) {
    disc = {uniform(10, 130), uniform(10, 130), uniform(9, 16)};
  }
  std::vector<int> dark(discs.size());
  std::vector<Segmentation> recording;
  for (int64_t frame = 0; frame < frames; ++frame) {
    for (Disc& disc : discs) {
      disc.y_px += uniform(-1, 1);
      disc.x_px += uniform(-1, 1);
    }
    LabelImage labels = synthetic::labels(kCrowdField, discs);
    for (size_t i = 0; i < discs.size(); ++i) {
      dark[i] = dark[i] > 0 ? dark[i] - 1 : (uniform(0, 1) < 0.06 ? 8 : 0);
      if (dark[i] > 0) {
        const auto disc = static_cast<int32_t>(i);
        fade(labels, disc + 1, discs[i], 100 + 4 * disc);
      }
    }
    recording.push_back(imaging::segmentation_of(renumbered(labels)));
  }
  return recording;
}

/// The contacts that hold in `frame`; children go on with those of their parents.
std::set<std::pair<int32_t, int32_t>> contacts_in(const Lineage& lineage, int64_t frame) {
  std::set<std::pair<int32_t, int32_t>> open;
  const auto replace = [&](int32_t from, const std::vector<int32_t>& children) {
    std::set<std::pair<int32_t, int32_t>> renamed;
    for (const int32_t to : children) {
      for (auto [a, b] : open) {
        a = a == from ? to : a;
        b = b == from ? to : b;
        if (a != b) {
          renamed.insert({std::min(a, b), std::max(a, b)});
        }
      }
    }
    open = renamed;
  };
  for (const Event& event : lineage.events) {
    if (event.frame > frame) {
      break;
    }
    switch (event.type) {
      case EventType::kContact:
      case EventType::kOverlap: open.insert({event.tracks[0], event.tracks[1]}); break;
      case EventType::kParted: open.erase({event.tracks[0], event.tracks[1]}); break;
      case EventType::kCoalescence:
      case EventType::kSplit:
        for (const int32_t parent : event.tracks) {
          replace(parent, event.children);
        }
        break;
      default: break;
    }
  }
  return open;
}

bool are_linked(const std::vector<int32_t>& tracks,
                const std::set<std::pair<int32_t, int32_t>>& contacts) {
  std::set<int32_t> reached = {tracks.front()};
  for (size_t step = 0; step < tracks.size(); ++step) {
    for (const auto& [a, b] : contacts) {
      if (reached.contains(a) || reached.contains(b)) {
        reached.insert({a, b});
      }
    }
  }
  return std::all_of(tracks.begin(), tracks.end(),
                     [&](int32_t track) { return reached.contains(track); });
}

/// One line for each invariant that does not hold.
std::vector<std::string> breaches(const Tracked& outcome) {
  std::vector<std::string> lines;
  std::map<int32_t, std::set<int64_t>> frames_of;
  int64_t expected = 0;
  for (const TrackedFrame& frame : outcome.frames) {
    const auto complain = [&](const std::string& what) {
      lines.push_back(fmt::format("frame {}: {}", frame.index, what));
    };
    if (frame.index != expected++) {
      complain("out of order");
    }
    const int32_t labels =
        *std::max_element(frame.labels.values().begin(), frame.labels.values().end());
    if (labels != static_cast<int32_t>(frame.instances.size())) {
      complain("labels and instances differ");
    }
    std::set<int32_t> seen;
    const auto contacts = contacts_in(outcome.lineage, frame.index);
    for (const TrackedInstance& instance : frame.instances) {
      const std::string tracks = fmt::format("[{}]", fmt::join(instance.tracks, " "));
      if (instance.tracks.empty()) {
        complain("an instance of no track");
        continue;
      }
      for (const int32_t track : instance.tracks) {
        frames_of[track].insert(frame.index);
        if (!seen.insert(track).second) {
          complain(fmt::format("track {} has two instances, one as {}", track, tracks));
        }
      }
      if (!are_linked(instance.tracks, contacts)) {
        complain("no contact holds together " + tracks);
      }
    }
  }
  for (const Track& track : outcome.lineage.tracks) {
    const std::set<int64_t>& frames = frames_of[track.id];
    if (frames.empty() || *frames.begin() != track.first_frame ||
        *frames.rbegin() != track.last_frame) {
      lines.push_back(fmt::format(
          "track {} [{}, {}] is seen in [{}, {}]", track.id, track.first_frame, track.last_frame,
          frames.empty() ? -1 : *frames.begin(), frames.empty() ? -1 : *frames.rbegin()));
    }
  }
  for (const Event& event : outcome.lineage.events) {
    for (const int32_t id : event.tracks) {
      const Track& track = outcome.lineage.tracks[static_cast<size_t>(id) - 1];
      const int64_t frame = frame_of_tracks(event);
      const bool ends = event.type == EventType::kCoalescence || event.type == EventType::kSplit;
      if (frame < track.first_frame || (frame > track.last_frame && !ends)) {
        lines.push_back(fmt::format("{} in {} of track {}, which lives in [{}, {}]",
                                    name(event.type), event.frame, id, track.first_frame,
                                    track.last_frame));
      }
    }
  }
  return lines;
}

class Crowd : public testing::TestWithParam<uint32_t> {};

TEST_P(Crowd, KeepsTheInvariantsOfALineage) {
  const Tracked outcome = track(crowd(GetParam(), 120));

  EXPECT_THAT(breaches(outcome), IsEmpty());
  EXPECT_GT(outcome.lineage.events.size(), 5u);
}

INSTANTIATE_TEST_SUITE_P(OverlapTracker, Crowd, testing::Range<uint32_t>(1, 21));

class Flicker : public testing::TestWithParam<uint32_t> {};

TEST_P(Flicker, KeepsTheInvariantsOfALineage) {
  const Tracked outcome = track(flickering(GetParam(), 90));

  EXPECT_THAT(breaches(outcome), IsEmpty());
  EXPECT_THAT(outcome.lineage.events, Each(Field(&Event::frame, Lt(90))));
}

INSTANTIATE_TEST_SUITE_P(OverlapTracker, Flicker, testing::Range<uint32_t>(1, 21));

TEST(OverlapTracker, KeepsALineageSoundInNoise) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    for (const double confirm : {3.0, 10.0}) {
      EXPECT_NO_THROW(check(track(noise(seed, 60), {.confirm = confirm}).lineage)) << seed;
    }
  }
}

}  // namespace
}  // namespace mote::track
