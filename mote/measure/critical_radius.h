#pragma once

#include <optional>
#include <span>

namespace mote::measure {

/// How fast one particle grows.
struct GrowthRate {
  double radius = 0;
  double rate = 0;     ///< dr/dt
  double rate_se = 0;  ///< its standard error
  double weight = 1;   ///< how often it counts
};

/// The radius r* at which particles neither grow nor shrink: where a curve through r² dr/dt against
/// r crosses zero. In mean-field ripening, dr/dt = A r^(1-n) (r/r* - 1) (Lifshitz and Slyozov 1961;
/// Wagner 1961), it is a straight line for n = 3, a parabola for n = 2, and bent the other way for
/// n = 4; whatever n, it crosses zero at r*.
///
/// The curve is a parabola, fitted about r* with tricube weights that end at 0.7 r* on either side
/// (Cleveland, J. Am. Stat. Assoc. 74, 829, 1979), by Huber's M-estimate (Ann. Math. Stat. 35, 73,
/// 1964; c = 1.345) with weights 1 / (error² + scatter²), the scatter being 1.4826 times the median
/// absolute residual. Nothing for fewer than 8 rates about r*, or where particles larger than r* do
/// not grow.
std::optional<double> critical_radius(std::span<const GrowthRate> rates);

}  // namespace mote::measure
