#include "mote/simulate/ripening.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "mote/core/error.h"
#include "mote/simulate/elementary.h"

namespace mote::simulate {
namespace {

constexpr double kLargestStep = 0.01;  // of r*^n
constexpr int kPanels = 4000;
constexpr double kDepth = 6;  // the law is tabulated to within exp(-kDepth) of its largest ratio

void check_exponent(int exponent) {
  if (exponent < 2 || exponent > 4) {
    throw Error(ErrorKind::kUsage, "ripening exponent {}, expected 2, 3 or 4", exponent);
  }
}

double whole_power(double value, int exponent) {
  double power = value;
  for (int i = 1; i < exponent; ++i) {
    power *= value;
  }
  return power;
}

}  // namespace

double radius_of_power(double power_nm_n, int exponent) {
  if (power_nm_n <= 0) {
    return 0;
  }
  switch (exponent) {
    case 2: return std::sqrt(power_nm_n);
    case 3: return cbrt(power_nm_n);
    default: return std::sqrt(std::sqrt(power_nm_n));
  }
}

double power_of_radius(double radius_nm, int exponent) {
  return whole_power(radius_nm, exponent);
}

double ripened(double power_nm_n, double reduced_nm_n, double critical_radius_nm, int exponent) {
  const double step = exponent * reduced_nm_n;
  const double radius = radius_of_power(power_nm_n, exponent);
  const double middle = power_nm_n + 0.5 * step * (radius / critical_radius_nm - 1);
  return power_nm_n + step * (radius_of_power(middle, exponent) / critical_radius_nm - 1);
}

RipeningEnsemble::RipeningEnsemble(std::span<const double> radii_nm, int exponent)
    : exponent_(exponent), volume_nm3_(0), radii_nm_(radii_nm.begin(), radii_nm.end()) {
  check_exponent(exponent);
  if (radii_nm.empty()) {
    throw Error(ErrorKind::kUsage, "an ensemble of no particles, expected one at least");
  }
  powers_.reserve(radii_nm.size());
  for (const double radius : radii_nm) {
    if (!(radius > 0)) {
      throw Error(ErrorKind::kUsage, "a radius of {} nm, expected more than 0", radius);
    }
    powers_.push_back(power_of_radius(radius, exponent));
    volume_nm3_ += volume_power(powers_.back());
  }
}

double RipeningEnsemble::volume_power(double power) const {
  switch (exponent_) {
    case 2: return power * std::sqrt(power);
    case 3: return power;
    default: {
      const double root = std::sqrt(power);
      return root * std::sqrt(root);
    }
  }
}

double RipeningEnsemble::inverse_critical_radius() const {
  double above = 0;  // sum of r^(3-n)
  double below = 0;  // sum of r^(4-n)
  for (const double r : radii_nm_) {
    if (r <= 0) {
      continue;
    }
    switch (exponent_) {
      case 2:
        above += r;
        below += r * r;
        break;
      case 3:
        above += 1;
        below += r;
        break;
      default:
        above += 1 / r;
        below += 1;
        break;
    }
  }
  return above / below;
}

double RipeningEnsemble::step(double reduced_nm_n) {
  const double inverse = inverse_critical_radius();
  const double most = kLargestStep * whole_power(1 / inverse, exponent_) / exponent_;
  const double taken = std::min(reduced_nm_n, most);
  const double h = exponent_ * taken;

  for (size_t i = 0; i < powers_.size(); ++i) {
    const double middle = powers_[i] + 0.5 * h * (radii_nm_[i] * inverse - 1);
    radii_nm_[i] = radius_of_power(middle, exponent_);
  }
  // Newton's method for the 1/r* of the middle at which the volume stays what it was.
  double middle_inverse = inverse_critical_radius();
  for (int iteration = 0; iteration < 6; ++iteration) {
    double volume = 0;
    double slope = 0;
    for (size_t i = 0; i < powers_.size(); ++i) {
      const double power = powers_[i] + h * (radii_nm_[i] * middle_inverse - 1);
      if (power > 0) {
        const double part = volume_power(power);
        volume += part;
        slope += 3.0 / exponent_ * part / power * h * radii_nm_[i];
      }
    }
    const double excess = volume - volume_nm3_;
    middle_inverse -= excess / slope;
    if (std::fabs(excess) < 1e-13 * volume_nm3_) {
      break;
    }
  }
  size_t kept = 0;
  for (size_t i = 0; i < powers_.size(); ++i) {
    const double power = powers_[i] + h * (radii_nm_[i] * middle_inverse - 1);
    if (power > 0) {
      powers_[kept] = power;
      radii_nm_[kept] = radius_of_power(power, exponent_);
      ++kept;
    }
  }
  powers_.resize(kept);
  radii_nm_.resize(kept);
  return taken;
}

void RipeningEnsemble::advance(double reduced_nm_n) {
  while (reduced_nm_n > 0) {
    reduced_nm_n -= step(reduced_nm_n);
  }
}

double RipeningEnsemble::critical_radius_nm() const {
  return 1 / inverse_critical_radius();
}

double RipeningEnsemble::mean_radius_nm() const {
  double sum = 0;
  for (const double radius : radii_nm_) {
    sum += radius;
  }
  return sum / static_cast<double>(radii_nm_.size());
}

double RipeningEnsemble::volume_nm3() const {
  double sum = 0;
  for (const double radius : radii_nm_) {
    sum += radius * radius * radius;
  }
  return 4.0 / 3.0 * std::numbers::pi * sum;
}

std::vector<double> RipeningEnsemble::radii_nm() const {
  return radii_nm_;
}

CriticalRadius::CriticalRadius(RipeningEnsemble ensemble)
    : ensemble_(std::move(ensemble)),
      begin_nm_(ensemble_.critical_radius_nm()),
      end_nm_(begin_nm_) {}

double CriticalRadius::at(double reduced_nm_n) {
  while (reduced_nm_n > end_) {
    begin_ = end_;
    begin_nm_ = end_nm_;
    end_ += ensemble_.step(1e300);
    end_nm_ = ensemble_.critical_radius_nm();
  }
  if (end_ == begin_) {
    return end_nm_;
  }
  const double share = (reduced_nm_n - begin_) / (end_ - begin_);
  return begin_nm_ + share * (end_nm_ - begin_nm_);
}

StationaryLaw::StationaryLaw(int exponent)
    : exponent_(exponent), largest_(static_cast<double>(exponent) / (exponent - 1)) {
  check_exponent(exponent);
  const double k = exponent * whole_power(largest_, exponent - 1);
  // In s with z = largest (1 - exp(-s)), which crowds points where the integrand grows.
  const auto ratio_at = [&](double s) { return largest_ * (1 - exp(-s)); };
  const auto integrand = [&](double s) {
    const double z = ratio_at(s);
    const double below = whole_power(z, exponent) - k * (z - 1);
    return exponent * whole_power(z, exponent - 1) / below * (largest_ - z);
  };
  constexpr double kStep = kDepth / kPanels;
  double integral = 0;
  for (int i = 0; i <= kPanels; ++i) {
    ratios_.push_back(ratio_at(i * kStep));
    integrals_.push_back(integral);
    integral +=
        kStep / 6 *
        (integrand(i * kStep) + 4 * integrand((i + 0.5) * kStep) + integrand((i + 1) * kStep));
  }
}

double StationaryLaw::share_above(double ratio) const {
  if (ratio <= 0) {
    return 1;
  }
  const auto at = std::upper_bound(ratios_.begin(), ratios_.end(), ratio);
  if (at == ratios_.end()) {
    return 0;
  }
  const auto i = static_cast<size_t>(at - ratios_.begin());
  const double share = (ratio - ratios_[i - 1]) / (ratios_[i] - ratios_[i - 1]);
  const double integral = integrals_[i - 1] + share * (integrals_[i] - integrals_[i - 1]);
  return exp(-3.0 / exponent_ * integral);
}

double StationaryLaw::quantile(double below) const {
  const double wanted = -log(1 - below) * exponent_ / 3;
  const auto at = std::upper_bound(integrals_.begin(), integrals_.end(), wanted);
  if (at == integrals_.end()) {
    return largest_;
  }
  const auto i = static_cast<size_t>(at - integrals_.begin());
  if (i == 0) {
    return 0;
  }
  const double share = (wanted - integrals_[i - 1]) / (integrals_[i] - integrals_[i - 1]);
  return ratios_[i - 1] + share * (ratios_[i] - ratios_[i - 1]);
}

double StationaryLaw::mean() const {
  double sum = 0;
  for (size_t i = 1; i < ratios_.size(); ++i) {
    sum += 0.5 * (ratios_[i] - ratios_[i - 1]) *
           (exp(-3.0 / exponent_ * integrals_[i]) + exp(-3.0 / exponent_ * integrals_[i - 1]));
  }
  return sum;
}

double StationaryLaw::slope() const {
  return 1 / whole_power(largest_, exponent_ - 1);
}

}  // namespace mote::simulate
