#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mote/core/grid.h"

namespace mote::measure {

/// Sums of squared displacements of a track over lags of 1 to 8 frame intervals and of 5 to 8 times
/// each power of two, in memory that grows with the logarithm of the track's length.
///
/// The multiple-tau scheme of Ramirez, Sukumaran, Vorselaars and Likhtman, J. Chem. Phys. 133,
/// 154103, 2010, but that positions of longer lags are picked, every second, fourth, ... interval,
/// not averaged: what comes out is an exact mean over fewer origins.
class LagSums {
 public:
  struct Sum {
    int64_t count = 0;
    double squares_px2 = 0;

    double mean_px2() const { return squares_px2 / static_cast<double>(count); }
  };

  /// A position at a time of `tick` frame intervals; ticks ascend.
  void add(int64_t tick, Point position);

  /// Nothing before is compared with what comes.
  void break_off();

  /// The sums of lag(0), lag(1), ...; the last ones seen.
  std::span<const Sum> sums() const { return sums_; }

  /// The lag of a sum, in frame intervals, and how far apart in time its origins lie.
  static int64_t lag(size_t index);
  static int64_t spacing(size_t index);

 private:
  static constexpr size_t kHeld = 8;
  struct Held {
    int64_t tick = 0;
    Point position;
  };
  struct Level {
    std::vector<Held> last;  // up to kHeld, a ring
    size_t next = 0;
  };
  void compare(const Level& level, size_t index, int64_t tick, Point position);

  std::vector<Level> levels_;
  std::vector<Sum> sums_;
};

/// MSD = offset + K tau^alpha of a track, in px and frame intervals.
struct AnomalousFit {
  double offset_px2 = 0;  ///< 4 sigma_loc², less what exposure blur takes off
  double k = 0;
  double alpha = 0;
  double k_se = 0;
  double alpha_se = 0;
};

/// Fits offset, K and alpha to the sums of a track of `displacements`, over lags up to 64 intervals
/// and a quarter of the track, by generalised least squares. The covariance of the MSD between lags
/// is that of a Gaussian process with stationary increments, from which the standard errors follow
/// too: for one axis cov(x(i+n) - x(i), x(j+m) - x(j)) = (s(k+n) + s(k-m) - s(k+n-m) - s(k)) / 2,
/// k = i - j, s the MSD of the axis, and the covariance of the squares is twice its square
/// (Isserlis 1918; Qian, Sheetz and Elson, Biophys. J. 60, 910, 1991, for Brownian motion).
///
/// Nothing where fewer than four lags have four origins, or alpha leaves (0.05, 2).
std::optional<AnomalousFit> anomalous_fit(std::span<const LagSums::Sum> sums,
                                          int64_t displacements);

/// The mean over tracks of a curve: the ratio of two sums, with the spread between tracks.
///
/// Cochran, Sampling Techniques, 3rd ed. 1977, sec. 6.3: ratio estimator, its variance linearised.
class RatioOfSums {
 public:
  void add(double sum, double weight);

  int64_t tracks() const { return tracks_; }
  double weight() const { return w_; }
  double value() const { return s_ / w_; }
  /// Nothing for fewer than two tracks.
  std::optional<double> standard_error() const;

 private:
  int64_t tracks_ = 0;
  double s_ = 0;
  double w_ = 0;
  double ss_ = 0;
  double sw_ = 0;
  double ww_ = 0;
};

}  // namespace mote::measure
