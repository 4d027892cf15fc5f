#pragma once

#include <span>
#include <string>
#include <vector>

namespace mote::report {

enum class Scale { kLinear, kLog };

/// From `low` to `high`, both within.
struct Range {
  double low = 0;
  double high = 1;

  bool operator==(const Range&) const = default;
};

/// A mark on an axis; `label` is markup (markup.h), empty for a minor tick.
struct Tick {
  double at = 0;
  std::string label;

  bool operator==(const Tick&) const = default;
};

/// The range of an axis that holds all finite values (on a log axis all above 0) with a little room
/// at both ends; a linear one that comes near 0 begins there. 0 to 1, or 1 to 10, where there is
/// none.
Range axis_range(std::span<const double> values, Scale scale);

/// The power of ten, a multiple of 3, that is taken off the labels of a linear axis and put to its
/// unit: 0 where the greatest magnitude lies between 0.01 and 10,000.
int axis_exponent(Range range);

/// Ticks at multiples of 1, 2 or 5 times a power of ten, `most` labelled ones at most, minor ones
/// between them. Labels are values over 10^exponent, all with the same decimals.
std::vector<Tick> linear_ticks(Range range, int most, int exponent = 0);

/// Ticks at 1 to 9 times powers of ten: powers of ten are labelled, every second or third where
/// more than `most`, and where fewer than two lie within, multiples by 2 and 5 as well.
std::vector<Tick> log_ticks(Range range, int most);

}  // namespace mote::report
