#include "mote/report/axis.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

namespace mote::report {
namespace {

constexpr double kRoom = 0.04;   // of the range, free at each end
constexpr double kSlack = 1e-9;  // of a step, by which a tick may miss the range

// The least of 1, 2 and 5 times a power of ten that is not below `least`.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least * (1 - kSlack)) {
      return factor * power;
    }
  }
  return 10 * power;
}

int decimals_of(double step) {
  return std::max(0, static_cast<int>(-std::floor(std::log10(step) + kSlack)));
}

// U+2212 in place of the hyphen, and no minus in front of zero.
std::string number_label(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (!text.starts_with('-')) {
    return text;
  }
  const bool zero = text.find_first_not_of("-0.") == std::string::npos;
  return zero ? text.substr(1) : "\u2212" + text.substr(1);
}

std::string power_label(int multiple, int exponent) {
  const double value = multiple * std::pow(10, exponent);
  if (exponent >= -2 && exponent <= 3) {
    return number_label(value, std::max(0, -exponent));
  }
  const std::string power =
      fmt::format("10^{{{}{}}}", exponent < 0 ? "\u2212" : "", std::abs(exponent));
  return multiple == 1 ? power : fmt::format("{}\u00d7{}", multiple, power);
}

}  // namespace

Range axis_range(std::span<const double> values, Scale scale) {
  const bool log = scale == Scale::kLog;
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double value : values) {
    if (std::isfinite(value) && (!log || value > 0)) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  if (low > high) {
    return log ? Range{1, 10} : Range{0, 1};
  }
  if (log) {
    const double factor = low == high ? 2 : std::pow(high / low, kRoom);
    return {low / factor, high * factor};
  }
  if (low == high) {
    const double half = low == 0 ? 1 : std::abs(low) / 2;
    return low == 0 ? Range{0, 1} : Range{low - half, high + half};
  }
  const double room = (high - low) * kRoom;
  const bool from_zero = low >= 0 && low < (high - low) / 2;
  const bool to_zero = high <= 0 && -high < (high - low) / 2;
  return {from_zero ? 0 : low - room, to_zero ? 0 : high + room};
}

int axis_exponent(Range range) {
  const double most = std::max(std::abs(range.low), std::abs(range.high));
  if (most == 0 || (most >= 0.01 && most <= 1e4)) {
    return 0;
  }
  return 3 * static_cast<int>(std::floor(std::log10(most) / 3 + kSlack));
}

std::vector<Tick> linear_ticks(Range range, int most, int exponent) {
  const double unit = std::pow(10, exponent);
  double step = round_step((range.high - range.low) / std::max(1, most));
  const auto count = [&range](double by) {
    return std::floor(range.high / by + kSlack) - std::ceil(range.low / by - kSlack) + 1;
  };
  while (count(step) > most) {
    step = round_step(step * 1.5);
  }
  const double leading = step / std::pow(10, std::floor(std::log10(step) + kSlack));
  const int parts = std::lround(leading) == 2 ? 2 : 5;
  const int decimals = decimals_of(step / unit);
  std::vector<Tick> ticks;
  const double minor = step / parts;
  const auto first = static_cast<int64_t>(std::ceil(range.low / minor - kSlack));
  const auto last = static_cast<int64_t>(std::floor(range.high / minor + kSlack));
  for (int64_t i = first; i <= last; ++i) {
    const double at = static_cast<double>(i) * minor;
    ticks.push_back({at, i % parts == 0 ? number_label(at / unit, decimals) : ""});
  }
  return ticks;
}

std::vector<Tick> log_ticks(Range range, int most) {
  const auto within = [&range](double at) {
    return at >= range.low * (1 - kSlack) && at <= range.high * (1 + kSlack);
  };
  const int first = static_cast<int>(std::floor(std::log10(range.low)));
  const int last = static_cast<int>(std::floor(std::log10(range.high)));
  int powers = 0;
  int labels_125 = 0;
  for (int exponent = first; exponent <= last; ++exponent) {
    powers += within(std::pow(10, exponent)) ? 1 : 0;
    for (const int multiple : {1, 2, 5}) {
      labels_125 += within(multiple * std::pow(10, exponent)) ? 1 : 0;
    }
  }
  const int every = std::max(1, (powers + most - 1) / std::max(1, most));
  const bool more = powers < 2 || (powers == 2 && labels_125 <= most);
  const bool all = labels_125 < 2;
  std::vector<Tick> ticks;
  for (int exponent = first; exponent <= last; ++exponent) {
    for (int multiple = 1; multiple <= 9; ++multiple) {
      const double at = multiple * std::pow(10, exponent);
      if (!within(at) || (every > 1 && multiple > 1)) {
        continue;
      }
      const bool labelled =
          multiple == 1 ? exponent % every == 0 : all || (more && (multiple == 2 || multiple == 5));
      ticks.push_back({at, labelled ? power_label(multiple, exponent) : ""});
    }
  }
  return ticks;
}

}  // namespace mote::report
