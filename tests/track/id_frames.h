#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
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

inline LabelImage boxes(const std::vector<std::pair<int32_t, Box>>& boxes) {
  LabelImage labels(kField);
  for (const auto& [id, box] : boxes) {
    paint(labels, mask_where(box, [](int64_t, int64_t) { return true; }), id);
  }
  return labels;
}

/// Object 1 as a ring and a core in it.
inline LabelImage ring_and_core(double ring_x_px, double core_x_px) {
  LabelImage labels = ids({{1, {20, ring_x_px, 15}}, {9, {20, ring_x_px, 9.5}}});
  std::replace(labels.values().begin(), labels.values().end(), 9, 0);
  const LabelImage core = ids({{1, {20, core_x_px, 7}}});
  std::transform(labels.values().begin(), labels.values().end(), core.values().begin(),
                 labels.values().begin(), [](int32_t a, int32_t b) { return a + b; });
  return labels;
}

/// Some columns of the field, as pixels that are no specimen.
inline BinaryImage columns(int64_t first, int64_t count) {
  BinaryImage image(kField);
  for (int64_t y = 0; y < kField.height; ++y) {
    std::fill_n(image.row(y) + first, count, uint8_t{1});
  }
  return image;
}

/// Frames one after the other, each as often as it says.
inline std::vector<LabelImage> sequence(
    const std::vector<std::pair<LabelImage, int64_t>>& repeated) {
  std::vector<LabelImage> frames;
  for (const auto& [frame, times] : repeated) {
    frames.insert(frames.end(), static_cast<size_t>(times), frame);
  }
  return frames;
}

struct Setting {
  IdTracksOptions options = {};
  Point jump = {};             ///< by how far the drift moves all that is drawn,
  int64_t jump_in = 0;         ///< from this frame on
  BinaryImage excluded = {};   ///< nothing is seen of what is drawn there
  int64_t resumed_after = -1;  ///< a new IdTracks goes on after this frame
};

/// One of `frames`, which are a unit of time apart. `shown`: what of it is seen.
inline IdFrame frame_of(const std::vector<LabelImage>& frames, int64_t index,
                        const Setting& setting, LabelImage& shown) {
  const LabelImage& drawn = frames[static_cast<size_t>(index)];
  const Point drift = index >= setting.jump_in ? setting.jump : Point{};
  shown = LabelImage(kField);
  for (const auto& [id, mask] : masks_of(drawn)) {
    Mask moved = mask;
    for (Run& run : moved.runs) {
      run.y += static_cast<int32_t>(std::lround(drift.y_px));
      run.x += static_cast<int32_t>(std::lround(drift.x_px));
    }
    paint(shown, moved, id);
  }
  for (size_t i = 0; i < setting.excluded.values().size(); ++i) {
    shown.values()[i] = setting.excluded.values()[i] != 0 ? 0 : shown.values()[i];
  }
  int32_t largest = 0;
  for (int64_t i = 0; i <= index; ++i) {
    const auto values = frames[static_cast<size_t>(i)].values();
    largest = std::max(largest, *std::max_element(values.begin(), values.end()));
  }
  return {.index = index,
          .time = static_cast<double>(index),
          .ids = shown,
          .drift = drift,
          .excluded = setting.excluded,
          .largest_id = largest};
}

struct Result {
  Lineage lineage;
  std::vector<std::vector<int32_t>> tracks;  ///< final ones of each instance of the last frame
  std::vector<TrackedFrame> frames;
  std::vector<PartedObject> parted;  ///< in order of decision

  std::vector<Event> events(EventType type) const {
    std::vector<Event> events;
    std::copy_if(lineage.events.begin(), lineage.events.end(), std::back_inserter(events),
                 [type](const Event& event) { return event.type == type; });
    return events;
  }

  /// Of the instance at a pixel.
  std::vector<int32_t> tracks_at(size_t frame, int64_t y, int64_t x) const {
    const auto label = static_cast<size_t>(frames.at(frame).labels(y, x));
    return frames[frame].instances.at(label - 1).tracks;
  }
};

inline Result tracked(const std::vector<LabelImage>& frames, const Setting& setting = {}) {
  IdTracks tracker(setting.options, kField);
  LineageBuilder builder;
  Result result;
  const auto take = [&](const TrackerOutput& output) {
    builder.add(output);
    result.frames.insert(result.frames.end(), output.frames.begin(), output.frames.end());
  };
  LabelImage shown;
  for (int64_t i = 0; i < std::ssize(frames); ++i) {
    take(tracker.push(frame_of(frames, i, setting, shown)));
    result.parted.insert(result.parted.end(), tracker.parted().begin(), tracker.parted().end());
    if (i == setting.resumed_after) {
      const std::string state = tracker.save_state();
      tracker = IdTracks(setting.options, kField);
      tracker.load_state(state);
    }
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
