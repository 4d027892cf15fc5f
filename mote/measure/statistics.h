#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mote/core/grid.h"

namespace mote::measure {

/// One particle's size in a weighted sample.
struct Sized {
  double diameter = 0;
  double weight = 1;
  int32_t group = 0;  ///< resampled as a whole
};

/// The statistics of a weighted sample of sizes, as ISO 9276-2 defines moments; quantiles by
/// Hazen's rule (1914), interpolated between the middles of the weights.
struct SizeStatistics {
  double mean = 0;
  std::optional<double> sd;  ///< from two particles on
  double p10 = 0;
  double median = 0;
  double p90 = 0;
  double d32 = 0;  ///< D[3,2]
  double d43 = 0;  ///< D[4,3]
};

/// Nothing for an empty sample.
std::optional<SizeStatistics> size_statistics(std::span<const Sized> sample);

/// The ends of an interval of every member of SizeStatistics.
struct SizeIntervals {
  SizeStatistics low;
  SizeStatistics high;
};

/// 95 % bootstrap intervals that resample groups whole; nothing for fewer than two groups.
///
/// Percentile intervals, expanded for small samples: Hesterberg, "What teachers should know about
/// the bootstrap", The American Statistician 69, 2015, sec. 3.3.
std::optional<SizeIntervals> size_intervals(std::span<const Sized> sample, int64_t resamples,
                                            uint64_t seed);

/// Kish's effective sample size, (sum of weights)² over the sum of their squares.
double effective_sample_size(std::span<const Sized> sample);

/// Mean distance from a point to its nearest other point.
struct NearestNeighbour {
  double mean = 0;                  ///< over all points: too long where neighbours are out of view
  std::optional<double> corrected;  ///< by Hanisch's weights
};

/// Nothing for fewer than two points. The field reaches half a pixel beyond its outermost pixel
/// centres; y and x are scaled by `scale` first.
///
/// Hanisch, "Some remarks on estimators of the distribution function of nearest neighbour distance
/// in stationary spatial point processes", Math. Operationsforsch. Statist. 15, 1984.
std::optional<NearestNeighbour> nearest_neighbour(std::span<const Point> points, Size field,
                                                  Point scale);

}  // namespace mote::measure
