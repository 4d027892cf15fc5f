#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "mote/core/grid.h"

namespace mote::measure {

/// An estimate with its 95 % interval, lengths in px and times in frame intervals.
struct Interval {
  double value = 0;
  double low = 0;
  double high = 0;

  bool operator==(const Interval&) const = default;
};

/// What the displacements of a track say of its motion.
struct BrownianFit {
  Interval diffusion;                  ///< D in px² per frame interval, 0 or more
  std::optional<double> diffusion_se;  ///< from the curvature; nothing where D is 0
  Interval localisation;               ///< sigma_loc an axis in px, 0 or more
  double p_immobile = 1;               ///< chance to see as much where D is not above the floor
};

/// The likelihood of Brownian motion in two dimensions, seen with localisation error and exposure
/// blur, of displacements that come one at a time; in constant memory.
///
/// An axis' displacement over the time Delta has variance 2 D Delta + 2 c, and covariance -c with
/// the one before, c = sigma_loc² - D t_exposure / 3 (Berglund, Phys. Rev. E 82, 011917, 2010;
/// Vestergaard, Blainey and Flyvbjerg, Phys. Rev. E 89, 022726, 2014, with R = t_exposure / (6
/// Delta)), so that MSD = 4 D tau + 4 sigma_loc² - (4/3) D t_exposure (Michalet and Berglund, Phys.
/// Rev. E 85, 061916, 2012). The likelihood is exact for any spacing in time: the tridiagonal
/// covariance is factored displacement by displacement, for 48 ratios of D to c at once; between
/// them its two sums are interpolated by cubic splines.
class BrownianLikelihood {
 public:
  BrownianLikelihood();

  /// One more displacement in px, `intervals` frame intervals long; it begins where the last ended.
  void add(Point displacement, double intervals);

  /// The next displacement begins elsewhere.
  void break_off() { chained_ = false; }

  int64_t displacements() const { return count_; }

  /// Maximum likelihood, intervals by the likelihood ratio (1.92). The p value is that of the
  /// one-sided likelihood ratio test of D <= `diffusion_floor`: at a floor of 0 it is conservative,
  /// since the ratio is then 0 more often than half of the time (Shephard and Harvey, J. Time Ser.
  /// Anal. 11, 339, 1990). Nothing for fewer than three displacements.
  ///
  /// `exposure_intervals`: exposure over frame interval, 0 to 1.
  std::optional<BrownianFit> fit(double exposure_intervals, double diffusion_floor = 0) const;

 private:
  // For one ratio `u` = D / (2 D + 2 c): factors of the covariance in units of 2 D + 2 c.
  struct Ratio {
    double u = 0;
    Point innovation;
    double variance = 1;
    double log_sum = 0;     // of the variances
    double square_sum = 0;  // of innovations over variances
  };
  std::vector<Ratio> ratios_;  // the first is u = 0: immobile
  int64_t count_ = 0;
  bool chained_ = false;
};

}  // namespace mote::measure
