#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mote/measure/brownian.h"

namespace mote::measure {

/// Random whole numbers that the seed alone decides.
///
/// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
class BootstrapRandom {
 public:
  explicit BootstrapRandom(uint64_t seed) : state_(seed) {}

  /// A whole number in [0, n), n below 2^32.
  size_t below(size_t n);

 private:
  uint64_t state_;
};

/// How often each of `count` is drawn in one resample of as many.
std::vector<double> drawn(size_t count, BootstrapRandom& random);

/// The 97.5 % quantile of Student's t: Abramowitz and Stegun, 26.7.5, and exact up to 3 degrees of
/// freedom, where the expansion fails.
double student_quantile(double degrees);

/// The share of a bootstrap distribution over `groups` that a 95 % percentile interval leaves out
/// at either end: Hesterberg, "What teachers should know about the bootstrap", The American
/// Statistician 69, 2015, sec. 3.3.
double bootstrap_tail(size_t groups);

/// The 95 % percentile interval of values drawn over `groups`, the estimate itself between its
/// ends; a point for fewer than two groups or without values.
Interval percentile_interval(double value, std::vector<double> values, size_t groups);

/// The value below which `share` of the values lie, interpolated; sorts them. Needs one value.
double quantile_of(std::vector<double>& values, double share);

}  // namespace mote::measure
