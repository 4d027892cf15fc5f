#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mote::pipeline {

enum class LogTimeKind {
  kNumber,  ///< a plain number; its column says of what
  kClock,   ///< `12:30:05.2`, in seconds since 0:00:00
  kDate,    ///< `2024-05-01T12:30:05.2Z`, in seconds since 1970; without a zone taken as UTC
};

/// `numbers`, `times of day`, `dates`.
std::string name(LogTimeKind kind);

/// A time as a cell of a log says it.
struct LogTime {
  LogTimeKind kind = LogTimeKind::kNumber;
  double value = 0;

  bool operator==(const LogTime&) const = default;
};

/// Reads a number, a time of day, or a date (ISO 8601, `/` or a blank in place of `-` and `T`; at
/// midnight where no time follows). Nothing where the cell is none of them.
std::optional<LogTime> log_time(std::string_view cell, bool decimal_comma);

/// A finite number; with `decimal_comma` also `12,5`. Nothing where the cell is none.
std::optional<double> log_number(std::string_view cell, bool decimal_comma);

}  // namespace mote::pipeline
