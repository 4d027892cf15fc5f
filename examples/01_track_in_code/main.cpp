// Tracks a recording with mote as a library, and prints its tracks and what happened to them.
//
//   track_in_code [RECORDING]      without a recording it simulates one

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "mote/segment/threshold.h"
#include "mote/simulate/demo.h"
#include "mote/track/overlap.h"

namespace {

std::unique_ptr<mote::FrameSource> open(int argc, char** argv) {
  if (argc > 1) {
    return mote::io::open_frames(argv[1]);
  }
  return mote::simulate::make_demo({.frames = 120});
}

/// Pixels and frames only; mote/measure turns them into nanometres and seconds.
mote::track::LineageBuilder track(mote::FrameSource& recording) {
  const auto segmenter = mote::segment::make_threshold_segmenter({});
  const auto tracker = mote::track::make_overlap_tracker({}, recording.info().size);
  mote::track::LineageBuilder lineage;
  const mote::BinaryImage nothing_excluded;
  for (int64_t index = 0; index < recording.info().frames; ++index) {
    const mote::Frame frame = recording.read(index);
    const mote::Grid<float> image = mote::to_float32(frame.image);

    // A tracker asks for the segmentation when it needs one; `overlap` always does.
    std::optional<mote::Segmentation> segmentation;
    const auto segment = [&]() -> const mote::Segmentation& {
      if (!segmentation) {
        segmentation = mote::segment::segment_one(*segmenter, {image, nothing_excluded});
      }
      return *segmentation;
    };
    const double time = frame.time_s.value_or(static_cast<double>(index));
    // Where the specimen drifts far, mote/track/drift.h says by how much.
    const mote::Point drift;
    lineage.add(
        tracker->push({.index = index, .time = time, .image = image, .drift = drift}, segment));
  }
  lineage.add(tracker->finish());
  return lineage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::unique_ptr<mote::FrameSource> recording = open(argc, argv);

    mote::track::LineageBuilder builder = track(*recording);
    const mote::Lineage lineage = builder.build();

    fmt::print("{} frames, {} tracks\n", recording->info().frames, lineage.tracks.size());
    for (const mote::Track& track : lineage.tracks) {
      fmt::print("track {}: frames {} to {}, parents {}\n", track.id, track.first_frame,
                 track.last_frame, track.parents);
    }
    for (const mote::Event& event : lineage.events) {
      fmt::print("frame {}: {} of tracks {}\n", event.frame, mote::name(event.type), event.tracks);
    }
    return 0;
  } catch (const mote::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
