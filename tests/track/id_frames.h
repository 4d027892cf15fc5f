#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "mote/track/id_tracks.h"
#include "tests/synthetic.h"

/// Frames of object ids, and what IdTracks makes of them.
namespace mote::track::id_frames {

inline constexpr Size kField = {40, 60};

inline LabelImage ids(const std::vector<std::pair<int32_t, synthetic::Disc>>& discs) {
  LabelImage labels(kField);
  for (const auto& [id, disc] : discs) {
    const LabelImage drawn = synthetic::labels(kField, {disc});
    for (size_t i = 0; i < labels.values().size(); ++i) {
      labels.values()[i] = drawn.values()[i] != 0 ? id : labels.values()[i];
    }
  }
  return labels;
}

inline std::vector<LabelImage> repeated(const LabelImage& first, int64_t firsts,
                                        const LabelImage& then, int64_t thens) {
  std::vector<LabelImage> frames(static_cast<size_t>(firsts), first);
  frames.insert(frames.end(), static_cast<size_t>(thens), then);
  return frames;
}

/// Frames are one unit of time apart.
inline IdFrame frame_of(const std::vector<LabelImage>& frames, int64_t index) {
  int32_t largest = 0;
  for (int64_t i = 0; i <= index; ++i) {
    const auto values = frames[static_cast<size_t>(i)].values();
    largest = std::max(largest, *std::max_element(values.begin(), values.end()));
  }
  return {.index = index,
          .time = static_cast<double>(index),
          .ids = frames[static_cast<size_t>(index)],
          .largest_id = largest};
}

struct Result {
  Lineage lineage;
  std::vector<std::vector<int32_t>> tracks;  ///< final ones of each instance of the last frame
  std::vector<TrackedFrame> frames;
  std::vector<PartedObject> parted;  ///< in order of decision
};

inline Result tracked(const std::vector<LabelImage>& frames, const IdTracksOptions& options = {}) {
  IdTracks tracker(options, kField);
  LineageBuilder builder;
  Result result;
  const auto take = [&](const TrackerOutput& output) {
    builder.add(output);
    result.frames.insert(result.frames.end(), output.frames.begin(), output.frames.end());
  };
  for (int64_t i = 0; i < std::ssize(frames); ++i) {
    take(tracker.push(frame_of(frames, i)));
    result.parted.insert(result.parted.end(), tracker.parted().begin(), tracker.parted().end());
  }
  take(tracker.finish());
  result.lineage = builder.build();
  check(result.lineage);
  for (const TrackedInstance& instance : result.frames.back().instances) {
    result.tracks.push_back(builder.final_tracks(std::ssize(frames) - 1, instance.tracks));
  }
  return result;
}

}  // namespace mote::track::id_frames
