#include "mote/measure/bootstrap.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "mote/core/mix.h"

namespace mote::measure {

size_t BootstrapRandom::below(size_t n) {
  const uint64_t bits = mix(state_);
  state_ += 0x9e3779b97f4a7c15ULL;
  return static_cast<size_t>(((bits >> 32) * n) >> 32);
}

std::vector<double> drawn(size_t count, BootstrapRandom& random) {
  std::vector<double> times(count);
  for (size_t i = 0; i < count; ++i) {
    times[random.below(count)] += 1;
  }
  return times;
}

Interval percentile_interval(double value, std::vector<double> values, size_t groups) {
  if (groups < 2 || values.empty()) {
    return {.value = value, .low = value, .high = value};
  }
  const double tail = bootstrap_tail(groups);
  return {.value = value,
          .low = std::min(value, quantile_of(values, tail)),
          .high = std::max(value, quantile_of(values, 1 - tail))};
}

double student_quantile(double degrees) {
  constexpr std::array<double, 4> kFew{0, 12.706, 4.303, 3.182};
  if (degrees <= 3) {
    return kFew[static_cast<size_t>(std::clamp(degrees, 1.0, 3.0))];
  }
  const double x = 1.959963984540054;
  const double x3 = x * x * x;
  const double x5 = x3 * x * x;
  const double x7 = x5 * x * x;
  return x + (x3 + x) / 4 / degrees + (5 * x5 + 16 * x3 + 3 * x) / 96 / (degrees * degrees) +
         (3 * x7 + 19 * x5 + 17 * x3 - 15 * x) / 384 / (degrees * degrees * degrees);
}

double bootstrap_tail(size_t groups) {
  const auto n = static_cast<double>(groups);
  const double reach = student_quantile(n - 1) * std::sqrt(n / (n - 1));
  return std::erfc(reach / std::sqrt(2.0)) / 2;
}

double quantile_of(std::vector<double>& values, double share) {
  std::sort(values.begin(), values.end());
  const double at = std::clamp(share * static_cast<double>(values.size()) - 0.5, 0.0,
                               static_cast<double>(values.size() - 1));
  const auto lower = static_cast<size_t>(at);
  const size_t upper = std::min(lower + 1, values.size() - 1);
  return values[lower] + (at - static_cast<double>(lower)) * (values[upper] - values[lower]);
}

}  // namespace mote::measure
