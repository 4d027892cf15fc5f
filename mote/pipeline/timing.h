#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mote/pipeline/recording.h"

namespace mote::pipeline {

/// What a tracker's clock shows.
struct TimeScale {
  bool seconds = false;  ///< else frame numbers
  double per_frame = 1;  ///< in that unit
};

/// Seconds where they are known: the median step between the stamps of the first frames that can be
/// read, which a gap does not stretch, else the frame interval.
TimeScale time_scale(const Recording& recording);

/// A tracker's clock, which never stands still: where a stamp is missing or not later than the last
/// time, the last time and the median step tell.
class TrackerClock {
 public:
  explicit TrackerClock(const TimeScale& scale) : scale_(scale) {}

  /// The time of frame `source_index`, for frames in order.
  double time(int64_t source_index, std::optional<double> time_s);

  std::string save_state() const;
  /// Throws kBadFile on a state that `save_state` did not write.
  void load_state(const std::string& state);

 private:
  TimeScale scale_;
  int64_t last_source_ = -1;
  double last_ = 0;
};

/// What a frame's own stamp says.
struct FrameStamp {
  int64_t source_index = 0;
  int64_t recorded_frame = 0;
  std::optional<double> time_s;
};

/// Warnings about time stamps that are missing, do not rise, or leave gaps: steps of more than 1.5
/// medians a frame.
std::vector<std::string> stamp_warnings(std::span<const FrameStamp> frames);

/// A duration such as `0.5s` or `3 frames` on the tracker's clock.
/// Throws kUsage, naming `option`, where it is neither, more than a million frames, or in seconds
/// while the frame interval is not known.
double tracker_time(const std::string& option, const std::string& text, const TimeScale& scale);

}  // namespace mote::pipeline
