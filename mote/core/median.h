#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace mote {

/// The middle value, the mean of both for an even count; 0 of none.
inline double median(std::vector<double> values) {
  if (values.empty()) {
    return 0;
  }
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return values.size() % 2 == 1 ? *middle
                                : 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

/// The middle value, the lower of both for an even count. There is one at least.
inline double lower_median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace mote
