#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mote::simulate {

/// Mean-field ripening dr/dt = A r^(1-n) (r/r* - 1): n = 2 where the interface, 3 where diffusion
/// in the bulk, 4 where diffusion over a support decides. Lifshitz and Slyozov, J. Phys. Chem.
/// Solids 19, 35, 1961; Wagner, Z. Elektrochem. 65, 581, 1961.
///
/// Time counts as the integral of A over it, in nm^n: a temperature that changes A changes how
/// fast it passes. The exponent n is 2, 3 or 4 throughout.

/// r^n after `reduced_nm_n`, which is so little that `critical_radius_nm` stays what it is in the
/// middle of it; 0 or less where the particle has dissolved. Second order in the step.
double ripened(double power_nm_n, double reduced_nm_n, double critical_radius_nm, int exponent);

/// r of r^n; 0 for what is not positive.
double radius_of_power(double power_nm_n, int exponent);
double power_of_radius(double radius_nm, int exponent);

/// A closed ensemble that ripens: nothing but its own volume feeds it.
class RipeningEnsemble {
 public:
  /// Throws kUsage unless the exponent is 2, 3 or 4 and there are radii, all positive.
  RipeningEnsemble(std::span<const double> radii_nm, int exponent);

  /// Goes on by one step, at most `reduced_nm_n`, in which the largest scale r*^n grows by less
  /// than 1 %; says how far it went. Total volume is kept to 1e-12 by the choice of r*, which is
  /// that of the step's middle. Second order in the step.
  double step(double reduced_nm_n);

  void advance(double reduced_nm_n);

  /// Where a particle neither grows nor shrinks: sum of r^(4-n) over sum of r^(3-n).
  double critical_radius_nm() const;
  double mean_radius_nm() const;
  double volume_nm3() const;
  int64_t count() const { return static_cast<int64_t>(powers_.size()); }
  std::vector<double> radii_nm() const;

 private:
  double volume_power(double power) const;
  double inverse_critical_radius() const;

  int exponent_;
  double volume_nm3_;             // over 4 pi / 3
  std::vector<double> powers_;    // r^n
  std::vector<double> radii_nm_;  // of powers_, or of the middle of the step under way
};

/// r*(t) of an ensemble, linear between its own steps: the same whatever the steps in which it is
/// asked.
class CriticalRadius {
 public:
  explicit CriticalRadius(RipeningEnsemble ensemble);

  /// At `reduced_nm_n` since the start, which never falls.
  double at(double reduced_nm_n);
  const RipeningEnsemble& ensemble() const { return ensemble_; }

 private:
  RipeningEnsemble ensemble_;
  double begin_ = 0;
  double end_ = 0;
  double begin_nm_ = 0;
  double end_nm_ = 0;
};

/// The law that r/r* obeys in the end: the share of particles above `ratio`. Exact by quadrature:
/// log of the share is -(3/n) times the integral of n z^(n-1) / (z^n - k (z - 1)) from 0 to
/// `ratio`, k = n (n/(n-1))^(n-1), which for n = 3 is the law of Lifshitz, Slyozov and Wagner.
class StationaryLaw {
 public:
  explicit StationaryLaw(int exponent);

  double share_above(double ratio) const;
  /// The ratio above which the share 1 - `below` lies.
  double quantile(double below) const;
  /// n/(n-1): no particle is larger in the end.
  double largest() const { return largest_; }
  double mean() const;
  /// Slope of r*^n in the integral of A over time; that of <r>^n is mean()^n times it.
  double slope() const;

 private:
  int exponent_;
  double largest_;
  std::vector<double> ratios_;
  std::vector<double> integrals_;
};

}  // namespace mote::simulate
