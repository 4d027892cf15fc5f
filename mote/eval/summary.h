#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace mote::eval {

/// What a set of numbers comes to.
struct Summary {
  int64_t count = 0;
  double mean = 0;
  double sd = 0;  ///< of the numbers themselves, divided by count
  double p5 = 0;
  double median = 0;
  double p95 = 0;

  bool operator==(const Summary&) const = default;
};

/// Nothing where there are no numbers. Percentiles are as `percentile` gives them.
std::optional<Summary> summary_of(std::vector<double> values);

/// The value that `share` (0 to 1) of the sorted values lie below, straight between the nearest two
/// (Hyndman and Fan, The American Statistician 50, 1996, definition 7). There must be one.
double percentile(const std::vector<double>& sorted, double share);

/// `part` / `whole`, or `otherwise` where the whole is 0.
double ratio(double part, double whole, double otherwise);

/// Right, false and missed answers.
struct Counts {
  int64_t right = 0;   ///< true positives
  int64_t wrong = 0;   ///< false positives
  int64_t missed = 0;  ///< false negatives

  /// 1 where nothing was asked and nothing answered.
  double accuracy() const;
  /// Nothing where there was no answer.
  std::optional<double> precision() const;
  /// Nothing where there was no truth.
  std::optional<double> recall() const;
  /// Nothing where there was neither.
  std::optional<double> f1() const;

  Counts& operator+=(const Counts& other);
  bool operator==(const Counts&) const = default;
};

}  // namespace mote::eval
