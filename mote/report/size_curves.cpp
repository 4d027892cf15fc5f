#include "mote/report/size_curves.h"

#include <cmath>
#include <cstddef>
#include <numbers>

namespace mote::report {

double lsw_density(double rho) {
  constexpr double kLargest = 1.5;
  if (rho <= 0 || rho >= kLargest) {
    return 0;
  }
  return 4.0 / 9 * rho * rho * std::pow(3 / (3 + rho), 7.0 / 3) *
         std::pow(kLargest / (kLargest - rho), 11.0 / 3) * std::exp(-rho / (kLargest - rho));
}

double LogNormal::density(double value) const {
  if (value <= 0 || sd_log <= 0) {
    return 0;
  }
  const double z = (std::log(value) - mean_log) / sd_log;
  return std::exp(-z * z / 2) / (value * sd_log * std::sqrt(2 * std::numbers::pi));
}

LogNormal fit_log_normal(std::span<const double> values, std::span<const double> weights) {
  double sum = 0;
  double weight = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    sum += weights[i] * std::log(values[i]);
    weight += weights[i];
  }
  LogNormal fit{.mean_log = sum / weight};
  double squares = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    squares += weights[i] * std::pow(std::log(values[i]) - fit.mean_log, 2);
  }
  fit.sd_log = std::sqrt(squares / weight);
  return fit;
}

}  // namespace mote::report
