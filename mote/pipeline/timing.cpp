#include "mote/pipeline/timing.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "mote/core/bytes.h"
#include "mote/core/calibration.h"
#include "mote/core/counted.h"
#include "mote/core/error.h"

namespace mote::pipeline {
namespace {

constexpr double kMostFrames = 1e6;

}  // namespace

namespace {

constexpr int64_t kStampsLookedAt = 33;
constexpr double kGapSteps = 1.5;  // medians

// The step of a frame from one stamped frame to the next; nothing where a stamp is missing.
std::optional<double> step(const FrameStamp& from, const FrameStamp& to) {
  if (!from.time_s || !to.time_s) {
    return std::nullopt;
  }
  return (*to.time_s - *from.time_s) / static_cast<double>(to.source_index - from.source_index);
}

std::optional<double> median_step(std::span<const FrameStamp> frames) {
  std::vector<double> steps;
  for (size_t i = 1; i < frames.size(); ++i) {
    if (const auto seconds = step(frames[i - 1], frames[i])) {
      steps.push_back(*seconds);
    }
  }
  if (steps.empty()) {
    return std::nullopt;
  }
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return *middle > 0 ? std::optional(*middle) : std::nullopt;
}

// Frames that cannot be read are left out: whether that is an error is for pass 1 to say.
std::vector<FrameStamp> first_stamps(const Recording& recording) {
  std::vector<FrameStamp> stamps;
  for (int64_t i = 0; i < std::min(recording.info().frames, kStampsLookedAt); ++i) {
    try {
      stamps.push_back({.source_index = i, .recorded_frame = i, .time_s = recording.time_s(i)});
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kBadFile) {
        throw;
      }
    }
  }
  return stamps;
}

}  // namespace

TimeScale time_scale(const Recording& recording) {
  if (recording.stamped()) {
    if (const auto seconds = median_step(first_stamps(recording))) {
      return {.seconds = true, .per_frame = *seconds};
    }
  }
  if (const auto& interval = recording.info().frame_interval) {
    return {.seconds = true, .per_frame = interval->seconds};
  }
  return {};
}

double TrackerClock::time(int64_t source_index, std::optional<double> time_s) {
  if (!scale_.seconds) {
    return static_cast<double>(source_index);
  }
  const bool first = last_source_ < 0;
  if (time_s && (first || *time_s > last_)) {
    last_ = *time_s;
  } else {
    const int64_t frames = source_index - (first ? 0 : last_source_);
    last_ += static_cast<double>(frames) * scale_.per_frame;
  }
  last_source_ = source_index;
  return last_;
}

std::string TrackerClock::save_state() const {
  ByteWriter out;
  out.put(last_source_);
  out.put(last_);
  return out.take();
}

void TrackerClock::load_state(const std::string& state) {
  ByteReader in(state);
  last_source_ = in.get<int64_t>();
  last_ = in.get<double>();
}

std::vector<std::string> stamp_warnings(std::span<const FrameStamp> frames) {
  const std::optional<double> median = median_step(frames);
  std::vector<int64_t> missing;
  std::vector<int64_t> backwards;
  std::vector<int64_t> gaps;
  double first_gap_s = 0;
  for (size_t i = 0; i < frames.size(); ++i) {
    if (!frames[i].time_s) {
      missing.push_back(frames[i].recorded_frame);
    }
    const auto seconds = i > 0 ? step(frames[i - 1], frames[i]) : std::nullopt;
    if (!seconds) {
      continue;
    }
    if (*seconds <= 0) {
      backwards.push_back(frames[i].recorded_frame);
    } else if (median && *seconds > kGapSteps * *median) {
      gaps.push_back(frames[i - 1].recorded_frame);
      if (gaps.size() == 1) {
        first_gap_s = *frames[i].time_s - *frames[i - 1].time_s;
      }
    }
  }
  std::vector<std::string> warnings;
  if (!gaps.empty()) {
    warnings.push_back(fmt::format(
        "{} in the time stamps (the median step is {:.6g} s), the first of {:.6g} s after frame {}",
        counted(static_cast<int64_t>(gaps.size()), "gap"), *median, first_gap_s, gaps.front()));
  }
  if (!missing.empty()) {
    warnings.push_back(fmt::format("{} of {} frames have no time stamp, the first is frame {}",
                                   missing.size(), frames.size(), missing.front()));
  }
  if (!backwards.empty()) {
    warnings.push_back(fmt::format("time stamps do not rise in {} of {} frames, the first is {}",
                                   backwards.size(), frames.size(), backwards.front()));
  }
  return warnings;
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
  const auto checked = [&](double time) {
    if (!(time <= kMostFrames * scale.per_frame)) {
      throw Error(ErrorKind::kUsage, "{} '{}' is {:.3g} frames: expected at most {:.0f}", option,
                  text, time / scale.per_frame, kMostFrames);
    }
    return time;
  };
  if (unit == "frames" || unit == "frame" || unit.empty()) {
    return checked(value * scale.per_frame);
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
  return checked(value * *seconds);
}

}  // namespace mote::pipeline
