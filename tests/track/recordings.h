#pragma once

#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/imaging/regions.h"
#include "mote/track/overlap.h"
#include "tests/synthetic.h"

/// Drawn recordings through the overlap tracker.
namespace mote::track {

inline constexpr Size kField = {96, 96};

/// One frame: its discs, each a region, and the drift that is known.
struct Shot {
  std::vector<synthetic::Disc> discs;
  Point drift = {};
};

struct Tracked {
  Lineage lineage;
  std::vector<TrackedFrame> frames;  ///< with final tracks
};

inline void push(Tracker& tracker, const Segmentation& segmentation, int64_t index, Point drift,
                 std::vector<TrackerOutput>& outputs, const Grid<float>& image = {}) {
  outputs.push_back(tracker.push(
      {.index = index, .time = static_cast<double>(index), .image = image, .drift = drift},
      [&]() -> const Segmentation& { return segmentation; }));
}

inline void push(Tracker& tracker, const std::vector<Shot>& shots, size_t first, size_t end,
                 std::vector<TrackerOutput>& outputs) {
  for (size_t i = first; i < end; ++i) {
    push(tracker, imaging::segmentation_of(synthetic::labels(kField, shots[i].discs)),
         static_cast<int64_t>(i), shots[i].drift, outputs);
  }
}

inline Tracked join(std::vector<TrackerOutput> outputs) {
  LineageBuilder builder;
  Tracked tracked;
  for (TrackerOutput& output : outputs) {
    builder.add(output);
    std::move(output.frames.begin(), output.frames.end(), std::back_inserter(tracked.frames));
  }
  tracked.lineage = builder.build();
  for (TrackedFrame& frame : tracked.frames) {
    for (TrackedInstance& instance : frame.instances) {
      instance.tracks = builder.final_tracks(frame.index, instance.tracks);
    }
    for (TrackedNeck& neck : frame.necks) {
      neck.a = builder.final_tracks(frame.index, {neck.a}).at(0);
      neck.b = builder.final_tracks(frame.index, {neck.b}).at(0);
    }
  }
  return tracked;
}

inline Tracked track(const std::vector<Segmentation>& recording,
                     const OverlapOptions& options = {}) {
  const auto tracker = make_overlap_tracker(options, recording.front().labels.size());
  std::vector<TrackerOutput> outputs;
  for (size_t i = 0; i < recording.size(); ++i) {
    push(*tracker, recording[i], static_cast<int64_t>(i), {}, outputs);
  }
  outputs.push_back(tracker->finish());
  return join(std::move(outputs));
}

inline Tracked track(const std::vector<Shot>& shots, const OverlapOptions& options = {}) {
  const auto tracker = make_overlap_tracker(options, kField);
  std::vector<TrackerOutput> outputs;
  push(*tracker, shots, 0, shots.size(), outputs);
  outputs.push_back(tracker->finish());
  return join(std::move(outputs));
}

inline std::vector<EventType> types(const Lineage& lineage) {
  std::vector<EventType> types;
  for (const Event& event : lineage.events) {
    types.push_back(event.type);
  }
  return types;
}

}  // namespace mote::track
