#include "mote/pipeline/log_time.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

namespace mote::pipeline {
namespace {

// Reads a text from its front; what does not fit is left.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }

  bool any_of(std::string_view characters) {
    if (done() || characters.find(text_.front()) == std::string_view::npos) {
      return false;
    }
    last_ = text_.front();
    text_.remove_prefix(1);
    return true;
  }
  char last() const { return last_; }

  /// A whole number of `least` to `most` digits.
  std::optional<int> digits(size_t least, size_t most) {
    size_t count = 0;
    int value = 0;
    while (count < most && count < text_.size() && text_[count] >= '0' && text_[count] <= '9') {
      value = 10 * value + (text_[count] - '0');
      ++count;
    }
    if (count < least) {
      return std::nullopt;
    }
    text_.remove_prefix(count);
    return value;
  }

  /// What follows a decimal point, 0 to 1; 0 where no digit follows.
  double fraction() {
    double value = 0;
    double place = 0.1;
    while (!done() && text_.front() >= '0' && text_.front() <= '9') {
      value += place * (text_.front() - '0');
      place /= 10;
      text_.remove_prefix(1);
    }
    return value;
  }

 private:
  std::string_view text_;
  char last_ = '\0';
};

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// `h:mm`, `h:mm:ss`, `h:mm:ss.fff`; hours may pass 24, as of time that has elapsed.
std::optional<double> clock_seconds(Cursor& cursor) {
  const auto hours = cursor.digits(1, 4);
  if (!hours || !cursor.any_of(":")) {
    return std::nullopt;
  }
  const auto minutes = cursor.digits(2, 2);
  if (!minutes || *minutes > 59) {
    return std::nullopt;
  }
  double seconds = 0;
  if (cursor.any_of(":")) {
    const auto whole = cursor.digits(2, 2);
    if (!whole || *whole > 60) {  // a leap second
      return std::nullopt;
    }
    seconds = *whole + (cursor.any_of(".,") ? cursor.fraction() : 0);
  }
  return 3600.0 * *hours + 60.0 * *minutes + seconds;
}

std::optional<double> day_seconds(Cursor& cursor) {
  const auto year = cursor.digits(4, 4);
  const bool first = year && cursor.any_of("-/");
  const auto month = first ? cursor.digits(1, 2) : std::nullopt;
  const bool second = month && cursor.any_of("-/");
  const auto day = second ? cursor.digits(1, 2) : std::nullopt;
  if (!day) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) {
    return std::nullopt;
  }
  return 86400.0 * static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count());
}

// `Z`, `+02:00`, `-0500`; nothing is UTC.
std::optional<double> zone_seconds(Cursor& cursor) {
  if (cursor.done() || cursor.any_of("Zz")) {
    return 0.0;
  }
  if (!cursor.any_of("+-")) {
    return std::nullopt;
  }
  const double sign = cursor.last() == '-' ? -1 : 1;
  const auto hours = cursor.digits(2, 2);
  cursor.any_of(":");
  const int minutes = cursor.digits(2, 2).value_or(0);
  return hours ? std::optional(sign * (3600.0 * *hours + 60.0 * minutes)) : std::nullopt;
}

std::optional<double> date_seconds(std::string_view cell) {
  Cursor cursor(cell);
  const auto day = day_seconds(cursor);
  if (!day || cursor.done()) {
    return day;
  }
  if (!cursor.any_of("Tt ")) {
    return std::nullopt;
  }
  const auto clock = clock_seconds(cursor);
  const auto zone = clock ? zone_seconds(cursor) : std::nullopt;
  return zone && cursor.done() ? std::optional(*day + *clock - *zone) : std::nullopt;
}

}  // namespace

std::string name(LogTimeKind kind) {
  switch (kind) {
    case LogTimeKind::kNumber: return "numbers";
    case LogTimeKind::kClock: return "times of day";
    case LogTimeKind::kDate: return "dates";
  }
  return "";
}

std::optional<double> log_number(std::string_view cell, bool decimal_comma) {
  std::string text(trimmed(cell));
  if (decimal_comma && text.find('.') == std::string::npos &&
      std::count(text.begin(), text.end(), ',') == 1) {
    std::replace(text.begin(), text.end(), ',', '.');
  }
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  double value = 0;
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<LogTime> log_time(std::string_view cell, bool decimal_comma) {
  const std::string_view text = trimmed(cell);
  if (const auto number = log_number(text, decimal_comma)) {
    return LogTime{LogTimeKind::kNumber, *number};
  }
  if (const auto date = date_seconds(text)) {
    return LogTime{LogTimeKind::kDate, *date};
  }
  Cursor cursor(text);
  const auto clock = clock_seconds(cursor);
  return clock && cursor.done() ? std::optional(LogTime{LogTimeKind::kClock, *clock})
                                : std::nullopt;
}

}  // namespace mote::pipeline
