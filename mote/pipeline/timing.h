#pragma once

#include <string>

#include "mote/pipeline/recording.h"

namespace mote::pipeline {

/// What a tracker's clock shows.
struct TimeScale {
  bool seconds = false;  ///< else frame numbers
  double per_frame = 1;  ///< in that unit
};

TimeScale time_scale(const Recording& recording);

/// A duration such as `0.5s` or `3 frames` on the tracker's clock.
/// Throws kUsage, naming `option`, where it is neither, or in seconds while the frame interval is
/// not known.
double tracker_time(const std::string& option, const std::string& text, const TimeScale& scale);

}  // namespace mote::pipeline
