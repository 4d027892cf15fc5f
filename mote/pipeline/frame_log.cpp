#include "mote/pipeline/frame_log.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "mote/core/calibration.h"
#include "mote/core/counted.h"
#include "mote/core/error.h"
#include "mote/pipeline/log_file.h"
#include "mote/pipeline/log_time.h"

namespace mote::pipeline {
namespace {

constexpr double kSlackS = 1e-6;  // rounding of times in decimals is no reason to lose a frame

std::optional<double> duration_s(std::string_view text) {
  const size_t unit = text.find_first_not_of("+-0123456789.eE ");
  if (unit == std::string_view::npos) {
    return std::nullopt;
  }
  const auto value = log_number(text.substr(0, unit), false);
  const auto scale = seconds_per(text.substr(unit));
  return value && scale ? std::optional(*value * *scale) : std::nullopt;
}

const char* offsets_for(LogTimeKind kind) {
  switch (kind) {
    case LogTimeKind::kNumber: return "a duration such as 12.5s or '-2 min'";
    case LogTimeKind::kClock: return "a time such as 12:30:05, or a duration";
    case LogTimeKind::kDate: return "a date such as 2024-05-01T12:30:05";
  }
  return "";
}

// What the log's clock shows at the recording's time 0.
double offset_of(const LogFile& file, const std::string& text) {
  if (text.empty() && file.kind == LogTimeKind::kDate) {
    throw Error(ErrorKind::kUsage,
                "its times are dates, and the recording does not say when it began: give "
                "--log-offset, such as 2024-05-01T12:30:05");
  }
  if (text.empty()) {
    return 0;
  }
  const std::optional<LogTime> given = log_time(text, false);
  if (given && given->kind == file.kind && file.kind != LogTimeKind::kNumber) {
    return given->value;
  }
  if (given && given->kind == LogTimeKind::kClock && file.kind == LogTimeKind::kDate) {
    constexpr double kDayS = 86400;
    return std::floor(file.times_s.front() / kDayS) * kDayS + given->value;
  }
  const std::optional<double> duration = duration_s(text);
  if (!duration || file.kind == LogTimeKind::kDate) {
    throw Error(ErrorKind::kUsage, "--log-offset '{}': its times are {}, expected {}", text,
                name(file.kind), offsets_for(file.kind));
  }
  return *duration;
}

// The line at which time runs back, and by how much.
std::optional<std::pair<int64_t, double>> step_back(const LogFile& file) {
  const std::vector<double>& times = file.times_s;
  const auto back = std::is_sorted_until(times.begin(), times.end());
  if (back == times.end()) {
    return std::nullopt;
  }
  return std::pair(file.lines[static_cast<size_t>(back - times.begin())], *(back - 1) - *back);
}

using Curve = std::vector<std::pair<double, double>>;

// Rows of one time are averaged.
Curve curve_of(const LogFile& file, const LogColumn& column, double offset) {
  Curve curve;
  int64_t rows = 0;  // behind the last point
  for (size_t i = 0; i < column.values.size(); ++i) {
    const double time = file.times_s[i] - offset;
    if (!column.values[i]) {
      continue;
    }
    if (!curve.empty() && curve.back().first == time) {
      ++rows;
      curve.back().second += (*column.values[i] - curve.back().second) / static_cast<double>(rows);
    } else {
      curve.emplace_back(time, *column.values[i]);
      rows = 1;
    }
  }
  return curve;
}

int64_t repeats_in(const std::vector<double>& times) {
  int64_t repeats = 0;
  for (size_t i = 1; i < times.size(); ++i) {
    repeats += times[i] == times[i - 1] ? 1 : 0;
  }
  return repeats;
}

}  // namespace

std::string reading_text(const LogReading& reading, double value) {
  std::string number =
      fmt::format("{:.4g}{}{}", value, reading.unit.empty() ? "" : " ", reading.unit);
  if (reading.label == "temperature" && !reading.unit.empty()) {
    return number;
  }
  return (reading.label.empty() ? reading.name : reading.label) + " " + number;
}

FrameLog FrameLog::open(const std::string& path, const std::string& offset) {
  const LogFile file = read_log_file(path);
  FrameLog log;
  log.path_ = path;
  const auto warn = [&log](const std::string& text) {
    log.warnings_.push_back(fmt::format("{}: {}", log.path_, text));
  };
  try {
    log.offset_s_ = offset_of(file, offset);
  } catch (const Error& error) {
    throw error.in(path);
  }
  log.first_s_ = file.times_s.front() - log.offset_s_;
  log.last_s_ = file.times_s.back() - log.offset_s_;
  for (const std::string& warning : file.warnings) {
    warn(warning);
  }
  if (const auto back = step_back(file)) {
    warn(fmt::format("line {}: its time runs back by {:.6g} s: nothing of the log is used",
                     back->first, back->second));
    return log;
  }
  if (const int64_t repeats = repeats_in(file.times_s); repeats > 0) {
    warn(fmt::format("{} of {} rows have the time of the row before: rows of one time are averaged",
                     repeats, file.times_s.size()));
  }
  for (const LogColumn& column : file.columns) {
    log.readings_.push_back({.name = column.name, .label = column.label, .unit = column.unit});
    log.curves_.push_back(curve_of(file, column, log.offset_s_));
  }
  return log;
}

std::map<std::string, double> FrameLog::values_at(std::optional<double> time_s) const {
  std::map<std::string, double> values;
  for (size_t i = 0; time_s && i < curves_.size(); ++i) {
    const Curve& curve = curves_[i];
    if (*time_s < curve.front().first - kSlackS || *time_s > curve.back().first + kSlackS) {
      continue;
    }
    const auto after =
        std::upper_bound(curve.begin(), curve.end(), *time_s,
                         [](double time, const auto& point) { return time < point.first; });
    if (after == curve.begin() || after == curve.end()) {
      values[readings_[i].name] =
          after == curve.begin() ? curve.front().second : curve.back().second;
      continue;
    }
    const auto [from_s, from] = *(after - 1);
    const auto [to_s, to] = *after;
    values[readings_[i].name] = from + (to - from) * (*time_s - from_s) / (to_s - from_s);
  }
  return values;
}

void LogCoverage::add(std::optional<double> time_s) {
  ++frames_;
  if (!time_s) {
    ++untimed_;
    return;
  }
  before_ += *time_s < log_.first_s() - kSlackS ? 1 : 0;
  after_ += *time_s > log_.last_s() + kSlackS ? 1 : 0;
  first_s_ = std::min(first_s_.value_or(*time_s), *time_s);
  last_s_ = std::max(last_s_.value_or(*time_s), *time_s);
}

std::vector<std::string> LogCoverage::warnings() const {
  std::vector<std::string> out;
  if (log_.readings().empty()) {
    return out;  // it tells nothing anyway, which was said
  }
  const auto frames = [this](int64_t count) {
    return fmt::format("{} of {}", count, counted(frames_, "frame"));
  };
  if (untimed_ > 0) {
    out.push_back(
        fmt::format("{}: {} have no time, so none of its values", log_.path(), frames(untimed_)));
  }
  const int64_t timed = frames_ - untimed_;
  if (timed > 0 && before_ + after_ == timed) {
    out.push_back(fmt::format(
        "{}: no frame lies within it: on the clock of the recording it goes from {:.6g} to {:.6g} "
        "s, the frames from {:.6g} to {:.6g} s; --log-offset shifts it",
        log_.path(), log_.first_s(), log_.last_s(), *first_s_, *last_s_));
  } else if (before_ + after_ > 0) {
    out.push_back(
        fmt::format("{}: {} lie outside of it and have none of its values: {} before its "
                    "first time, {} after its last",
                    log_.path(), frames(before_ + after_), before_, after_));
  }
  return out;
}

}  // namespace mote::pipeline
