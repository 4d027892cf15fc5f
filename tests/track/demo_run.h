#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <vector>

#include "mote/core/image.h"
#include "mote/segment/threshold.h"
#include "mote/simulate/demo.h"
#include "mote/track/overlap.h"
#include "tests/demo_events.h"

/// A simulated recording through segmenter and tracker, with the true drift.
namespace mote::track {

using testing_support::DemoRun;

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

}  // namespace mote::track
