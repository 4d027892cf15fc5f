#include "mote/pipeline/sizes_at.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "mote/core/calibration.h"
#include "mote/core/error.h"

namespace mote::pipeline {
namespace {

measure::SizesTime frame_of(std::string_view text, double number, int64_t frames) {
  if (number != std::floor(number)) {
    throw Error(ErrorKind::kUsage, "sizes-at '{}': expected a whole number of frames", text);
  }
  if (!(number < static_cast<double>(frames))) {
    throw Error(ErrorKind::kUsage, "sizes-at '{}' lies past the last of {} frames", text, frames);
  }
  return {.text = std::string(text), .frame = static_cast<int64_t>(number), .time_s = {}};
}

measure::SizesTime time_of(std::string_view text, double time_s, const Recording& recording) {
  const std::optional<double> last_s = recording.time_s(recording.info().frames - 1);
  if (!last_s) {
    throw Error(ErrorKind::kUsage,
                "sizes-at '{}' is a time, but those of the frames are not known: give frames, or "
                "--frame-interval",
                text);
  }
  if (time_s > *last_s) {
    throw Error(ErrorKind::kUsage, "sizes-at '{}' lies past the last frame, at {:.4g} s", text,
                *last_s);
  }
  return {.text = std::string(text), .frame = {}, .time_s = time_s};
}

measure::SizesTime parsed(std::string_view text, const Recording& recording) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  std::string_view unit(rest, static_cast<size_t>(end - rest));
  while (!unit.empty() && unit.front() == ' ') {
    unit.remove_prefix(1);
  }
  const std::optional<double> seconds = unit.empty() ? std::optional(1.0) : seconds_per(unit);
  if (error != std::errc() || !std::isfinite(value) || value < 0 || !seconds) {
    throw Error(ErrorKind::kUsage,
                "sizes-at '{}': expected frames or times with commas between, such as 40,5s,2min",
                text);
  }
  return unit.empty() ? frame_of(text, value, recording.info().frames)
                      : time_of(text, value * *seconds, recording);
}

}  // namespace

std::vector<measure::SizesTime> parse_sizes_at(const std::string& text,
                                               const Recording& recording) {
  std::vector<measure::SizesTime> times;
  std::string_view rest = text;
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    times.push_back(parsed(rest.substr(0, comma), recording));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return times;
}

}  // namespace mote::pipeline
