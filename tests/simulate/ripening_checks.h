#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "mote/simulate/ripening.h"

namespace mote::simulate {

/// Radii at equally likely quantiles of the stationary law, times r*, each `more` larger.
inline std::vector<double> stationary_radii(int exponent, int count, double more) {
  const StationaryLaw law(exponent);
  std::vector<double> radii;
  for (int i = 0; i < count; ++i) {
    radii.push_back(more + law.quantile((i + 0.5) / count));
  }
  return radii;
}

/// The largest difference between the shares of particles below a ratio r/r* and the law's.
inline double kolmogorov_smirnov(const RipeningEnsemble& ensemble, const StationaryLaw& law) {
  std::vector<double> radii = ensemble.radii_nm();
  std::sort(radii.begin(), radii.end());
  const double critical = ensemble.critical_radius_nm();
  const auto count = static_cast<double>(radii.size());
  double worst = 0;
  for (size_t i = 0; i < radii.size(); ++i) {
    const double below = 1 - law.share_above(radii[i] / critical);
    worst = std::max({worst, std::fabs(below - static_cast<double>(i) / count),
                      std::fabs(below - static_cast<double>(i + 1) / count)});
  }
  return worst;
}

/// Ripens until the mean radius is `factor` times what it was; gives the slope of <r>^n in the
/// integral of A over time.
inline double slope_while_growing(RipeningEnsemble& ensemble, int exponent, double factor) {
  const double first = ensemble.mean_radius_nm();
  double reduced = 0;
  while (ensemble.mean_radius_nm() < factor * first) {
    reduced += ensemble.step(1e300);
  }
  return (std::pow(ensemble.mean_radius_nm(), exponent) - std::pow(first, exponent)) / reduced;
}

}  // namespace mote::simulate
