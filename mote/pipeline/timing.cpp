#include "mote/pipeline/timing.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include "mote/core/calibration.h"
#include "mote/core/error.h"

namespace mote::pipeline {

TimeScale time_scale(const Recording& recording) {
  const RecordingInfo& info = recording.info();
  if (info.frame_interval) {
    return {.seconds = true, .per_frame = info.frame_interval->seconds};
  }
  if (info.frames > 1) {
    const auto first = recording.time_s(0);
    const auto last = recording.time_s(info.frames - 1);
    if (first && last && *last > *first) {
      return {.seconds = true, .per_frame = (*last - *first) / double(info.frames - 1)};
    }
  }
  return {};
}

double tracker_time(const std::string& option, const std::string& text, const TimeScale& scale) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  while (!unit.empty() && unit.front() == ' ') {
    unit.remove_prefix(1);
  }
  const Error wrong(ErrorKind::kUsage,
                    "{} '{}': expected a number of frames or a time, such as '3 frames' or 0.5s",
                    option, text);
  if (error != std::errc() || !std::isfinite(value) || value < 0) {
    throw wrong;
  }
  if (unit == "frames" || unit == "frame" || unit.empty()) {
    return value * scale.per_frame;
  }
  const std::optional<double> seconds = seconds_per(unit);
  if (!seconds) {
    throw wrong;
  }
  if (!scale.seconds) {
    throw Error(ErrorKind::kUsage,
                "{} {} is a time, but the recording does not say its frame interval: give "
                "--frame-interval",
                option, text);
  }
  return value * *seconds;
}

}  // namespace mote::pipeline
