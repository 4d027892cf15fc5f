#include "mote/eval/summary.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace mote::eval {

std::optional<Summary> summary_of(std::vector<double> values) {
  if (values.empty()) {
    return std::nullopt;
  }
  std::sort(values.begin(), values.end());
  const auto count = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) {
    sum += value;
  }
  const double mean = sum / count;
  double squares = 0;
  for (const double value : values) {
    squares += (value - mean) * (value - mean);
  }
  return Summary{.count = static_cast<int64_t>(values.size()),
                 .mean = mean,
                 .sd = std::sqrt(squares / count),
                 .p5 = percentile(values, 0.05),
                 .median = percentile(values, 0.5),
                 .p95 = percentile(values, 0.95)};
}

double percentile(const std::vector<double>& sorted, double share) {
  assert(!sorted.empty());
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

double ratio(double part, double whole, double otherwise) {
  return whole != 0 ? part / whole : otherwise;
}

double Counts::accuracy() const {
  return ratio(static_cast<double>(right), static_cast<double>(right + wrong + missed), 1);
}

std::optional<double> Counts::precision() const {
  if (right + wrong == 0) {
    return std::nullopt;
  }
  return static_cast<double>(right) / static_cast<double>(right + wrong);
}

std::optional<double> Counts::recall() const {
  if (right + missed == 0) {
    return std::nullopt;
  }
  return static_cast<double>(right) / static_cast<double>(right + missed);
}

std::optional<double> Counts::f1() const {
  const int64_t all = 2 * right + wrong + missed;
  if (all == 0) {
    return std::nullopt;
  }
  return static_cast<double>(2 * right) / static_cast<double>(all);
}

Counts& Counts::operator+=(const Counts& other) {
  right += other.right;
  wrong += other.wrong;
  missed += other.missed;
  return *this;
}

}  // namespace mote::eval
