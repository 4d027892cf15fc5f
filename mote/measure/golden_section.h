#pragma once

#include <algorithm>
#include <limits>
#include <utility>

namespace mote::measure {

/// Where `f`, which has one minimum between `low` and `high`, is least, to within `tolerance`
/// (Kiefer, "Sequential minimax search for a maximum", Proc. AMS 4, 502, 1953).
template <typename F>
double golden_section(const F& f, double low, double high, double tolerance) {
  constexpr double kGolden = 0.6180339887498949;
  double first = high - kGolden * (high - low);
  double second = low + kGolden * (high - low);
  double at_first = f(first);
  double at_second = f(second);
  while (high - low > tolerance) {
    if (at_first > at_second) {
      low = std::exchange(first, second);
      at_first = at_second;
      second = low + kGolden * (high - low);
      at_second = f(second);
    } else {
      high = std::exchange(second, first);
      at_second = at_first;
      first = high - kGolden * (high - low);
      at_first = f(first);
    }
  }
  return (low + high) / 2;
}

/// Where `f` is least between `low` and `high`: by golden section between the neighbours of the
/// best of `steps` + 1 places an equal step apart.
template <typename F>
double least_between(const F& f, double low, double high, int steps, double tolerance) {
  const double step = (high - low) / steps;
  int best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i <= steps; ++i) {
    if (const double here = f(low + step * i); here < least) {
      best = i;
      least = here;
    }
  }
  return golden_section(f, low + step * std::max(0, best - 1),
                        low + step * std::min(steps, best + 1), tolerance);
}

}  // namespace mote::measure
