#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "mote/core/image.h"
#include "mote/core/lineage.h"
#include "mote/segment/threshold.h"
#include "mote/simulate/demo.h"
#include "mote/track/overlap.h"

/// A simulated recording through segmenter and tracker, and what is wrong with what comes out.
namespace mote::track {

/// A demo recording, tracked, beside its truth.
struct DemoRun {
  Lineage truth;
  Lineage found;
  int64_t frames = 0;
  std::map<int32_t, std::map<int32_t, int64_t>> shared_px;  ///< by found, then true track
  int64_t homeless_instances = 0;                           ///< that belong to no track
};

inline void count_shared_px(DemoRun& run, const TrackedFrame& frame, const LineageBuilder& builder,
                            const simulate::Demo& demo) {
  const simulate::TruthFrame truth = demo.truth(frame.index);
  std::vector<std::vector<int32_t>> tracks_of(frame.instances.size() + 1);
  for (const TrackedInstance& instance : frame.instances) {
    tracks_of[static_cast<size_t>(instance.label)] =
        builder.final_tracks(frame.index, instance.tracks);
    run.homeless_instances += instance.tracks.empty() ? 1 : 0;
  }
  for (const simulate::TruthInstance& instance : truth.instances) {
    for (const Run& pixels : instance.mask.runs) {
      for (int32_t x = pixels.x; x < pixels.x + pixels.length; ++x) {
        const std::vector<int32_t>& tracks =
            tracks_of[static_cast<size_t>(frame.labels(pixels.y, x))];
        if (tracks.size() == 1) {
          ++run.shared_px[tracks.front()][instance.track];
        }
      }
    }
  }
}

inline DemoRun track_demo(const simulate::DemoOptions& options) {
  const std::unique_ptr<simulate::Demo> demo = simulate::make_demo(options);
  // The truth counts from min_radius_px on, so the segmenter does.
  const auto segmenter =
      segment::make_threshold_segmenter({.min_diameter_px = 2 * options.min_radius_px});
  const auto tracker = make_overlap_tracker({}, {options.height, options.width});
  DemoRun run{.truth = demo->lineage(), .found = {}, .frames = options.frames, .shared_px = {}};
  LineageBuilder builder;
  std::vector<TrackedFrame> frames;
  const auto take = [&](TrackerOutput output) {
    builder.add(output);
    std::move(output.frames.begin(), output.frames.end(), std::back_inserter(frames));
  };
  for (int64_t index = 0; index < options.frames; ++index) {
    const Grid<float> image = to_float32(demo->read(index).image);
    const Segmentation segmentation = segment_one(*segmenter, {.image = image, .excluded = {}});
    take(tracker->push({.index = index,
                        .time = static_cast<double>(index),
                        .image = image,
                        .drift = demo->truth(index).drift},
                       [&]() -> const Segmentation& { return segmentation; }));
  }
  take(tracker->finish());
  run.found = builder.build();
  for (const TrackedFrame& frame : frames) {
    count_shared_px(run, frame, builder, *demo);
  }
  return run;
}

/// The true track that a found one covers most.
inline int32_t true_track(const DemoRun& run, int32_t found) {
  const auto at = run.shared_px.find(found);
  if (at == run.shared_px.end()) {
    return 0;
  }
  return std::max_element(at->second.begin(), at->second.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

inline std::vector<int32_t> true_tracks(const DemoRun& run, const std::vector<int32_t>& found) {
  std::vector<int32_t> tracks;
  for (const int32_t track : found) {
    tracks.push_back(true_track(run, track));
  }
  std::sort(tracks.begin(), tracks.end());
  return tracks;
}

inline std::string text(const Event& event) {
  return fmt::format("{} in {} of [{}] to [{}] at {:.0f},{:.0f}", name(event.type), event.frame,
                     fmt::join(event.tracks, " "), fmt::join(event.children, " "),
                     event.position.y_px, event.position.x_px);
}

/// What is wrong with the found events: one line for each that is missing, false or misdated. An
/// event is right with the type, exact parents and children, and a date within a frame; events
/// closer to either end than `margin` frames are excepted.
inline std::vector<std::string> mistakes(const DemoRun& run, int64_t margin = 10) {
  const auto counts = [&](const Event& event) {
    return event.frame >= margin && event.frame < run.frames - margin;
  };
  std::vector<std::string> lines;
  std::vector<bool> taken(run.found.events.size());
  for (const Event& truth : run.truth.events) {
    std::optional<size_t> match;
    for (size_t i = 0; i < run.found.events.size(); ++i) {
      const Event& found = run.found.events[i];
      if (!taken[i] && found.type == truth.type && true_tracks(run, found.tracks) == truth.tracks &&
          true_tracks(run, found.children) == truth.children) {
        match = i;
        break;
      }
    }
    if (match) {
      taken[*match] = true;
      const int64_t late = run.found.events[*match].frame - truth.frame;
      if ((late < -1 || late > 1) && counts(truth)) {
        lines.push_back(fmt::format("{} frames late: {}", late, text(truth)));
      }
    } else if (counts(truth)) {
      lines.push_back(fmt::format("missing: {}", text(truth)));
    }
  }
  for (size_t i = 0; i < run.found.events.size(); ++i) {
    if (!taken[i] && counts(run.found.events[i])) {
      Event found = run.found.events[i];
      const std::string as_found = text(found);
      found.tracks = true_tracks(run, found.tracks);
      found.children = true_tracks(run, found.children);
      lines.push_back(fmt::format("false: {} (truth's names: {})", as_found, text(found)));
    }
  }
  return lines;
}

}  // namespace mote::track
