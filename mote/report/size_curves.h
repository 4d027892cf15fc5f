#pragma once

#include <span>

namespace mote::report {

/// The stationary distribution of ripening by diffusion in three dimensions (n = 3): density of
/// rho = r / r*, r* = <r>; 0 from rho = 3/2 on.
///
/// Lifshitz and Slyozov, J. Phys. Chem. Solids 19, 35, 1961; Wagner, Z. Elektrochem. 65, 581, 1961.
double lsw_density(double rho);

/// The log-normal distribution of weighted values of greatest likelihood.
struct LogNormal {
  double mean_log = 0;
  double sd_log = 0;

  double density(double value) const;
};

/// Throws nothing; `sd_log` is 0 where all values are the same. Values above 0.
LogNormal fit_log_normal(std::span<const double> values, std::span<const double> weights);

}  // namespace mote::report
