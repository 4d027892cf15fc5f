#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace mote::measure {

/// How fast one particle grows in one window of time.
struct WindowRate {
  size_t window = 0;
  double radius = 0;   ///< its mean in the window
  double rate = 0;     ///< dr/dt, a straight line through the window
  double rate_se = 0;  ///< its standard error
  double span = 0;     ///< time from its first to its last radius
  double times = 1;    ///< how often it counts
};

/// Mean-field ripening, dr/dt = A r^(1-n) (r/r* - 1): Lifshitz and Slyozov, J. Phys. Chem. Solids
/// 19, 35, 1961; Wagner, Z. Elektrochem. 65, 581, 1961; Chakraverty, J. Phys. Chem. Solids 28,
/// 2401, 1967. One n and one A for all windows, an r* for each.
struct RipeningLaw {
  double n = 3;
  double a = 0;                                 ///< A, length^n over time
  std::vector<std::optional<double>> critical;  ///< r* by window
};

/// Fits the law to the rates of single particles, whose ratio between small and large ones tells n
/// long before the mean radius has grown.
///
/// Given n the law is linear in A and A/r*. r^(1-n) and r^(2-n) are means along the
/// straight line as its slope weighs them, so that particles which shrink fast are not taken at one
/// radius. Weights
/// are 1 / (rate_se² + scatter²) times Huber's (c = 1.345), the scatter being 1.4826 times the
/// median absolute residual, at n = 3; n is where the weighted squares are least, from 1 to 8.
class RipeningFit {
 public:
  /// Nothing can be fitted to fewer than two windows of 4 particles.
  explicit RipeningFit(std::span<const WindowRate> rates);

  /// The law of all rates, each `times` as often; nothing where it is not determined, or particles
  /// do not ripen: A is not above 0. `times`: by rate, empty for those given.
  std::optional<RipeningLaw> law(std::span<const double> times = {}) const;

 private:
  struct AtExponent;
  AtExponent at(double n, std::span<const double> weights) const;
  void weigh();

  std::vector<WindowRate> rates_;
  std::vector<double> weights_;  // empty where nothing can be fitted
  size_t windows_ = 0;
  double scale_ = 1;  // of radii
};

}  // namespace mote::measure
