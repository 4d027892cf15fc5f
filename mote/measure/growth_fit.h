#pragma once

#include <optional>
#include <span>
#include <string>

namespace mote::measure {

/// The mean radius of an ensemble at one time.
struct GrowthPoint {
  double time = 0;
  double radius = 0;
  double weight = 1;  ///< inverse variance, up to a factor
};

/// The law <r>(t) = (r0^n + k t)^(1/n), t counted from the first point.
///
/// n = 2 interface-controlled in three dimensions, 3 diffusion-controlled in three dimensions or
/// attachment at the perimeter on a support, 4 diffusion over a support: Lifshitz and Slyozov, J.
/// Phys. Chem. Solids 19, 35, 1961; Wagner, Z. Elektrochem. 65, 581, 1961; Chakraverty, J. Phys.
/// Chem. Solids 28, 2401, 1967.
struct GrowthLaw {
  double n = 3;
  double r0 = 0;
  double k = 0;
  double rms = 0;     ///< weighted residual, in units of the radius
  double last_r = 0;  ///< the law at the last point

  double at(double time) const;
  double growth() const { return last_r / r0; }
};

/// The law of exponent `n` that fits best, by weighted least squares of <r>; nothing for fewer than
/// three points, or where the law leaves positive radii. Points in order of time.
std::optional<GrowthLaw> fit_growth(std::span<const GrowthPoint> points, double n);

/// n between these limits.
constexpr double kLeastExponent = 1;
constexpr double kGreatestExponent = 8;
/// Steps between them in which the best n is looked for first.
constexpr int kExponentSteps = 14;

/// The same with free n; at a limit where the best lies beyond. Nothing for fewer than four points.
std::optional<GrowthLaw> fit_growth(std::span<const GrowthPoint> points);

/// What an n of 95 % interval [low, high] decides: `n = 3`, `n is none of 2, 3, 4`, or `n not
/// determined` and which of them lie in it.
std::string exponent_verdict(double low, double high);

/// What a fit with free n of 95 % interval [low, high] decides, the mean radius having grown by a
/// factor of `growth`: `n = 3`, `n is none of 2, 3, 4`, or `n not determined: ` and why: it grew
/// less than 1.5 times, or more than one of 2, 3 and 4 lies in the interval.
std::string growth_verdict(double growth, double low, double high);

}  // namespace mote::measure
