#include "mote/measure/ripening_law.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "mote/core/median.h"
#include "mote/measure/golden_section.h"
#include "mote/measure/growth_fit.h"

namespace mote::measure {
namespace {

constexpr size_t kFewestOfWindow = 4;
constexpr size_t kFewestWindows = 2;
constexpr double kHuber = 1.345;
constexpr double kMadToSd = 1.4826;
constexpr double kPilotExponent = 3;
constexpr int kRounds = 8;
constexpr double kLeastShare = 0.2;  // of the mean radius, that the line is followed down to

/// Means of r^(2-n) and -r^(1-n) over a window: the factors of A/r* and A in dr/dt.
struct Factors {
  double growing = 0;
  double shrinking = 0;
};

/// The slope of a least-squares line is the mean of dr/dt with weights 1 - x², x from -1 to 1 over
/// the window, hence these nodes and weights of Gauss and Jacobi's quadrature.
Factors factors(double radius, double change, double n) {
  const double most = (1 - kLeastShare) * radius;
  const double half = std::clamp(change / 2, -most, most);
  constexpr double kNode = 0.6546536707079771;  // sqrt(3/7)
  constexpr std::array<std::pair<double, double>, 3> kNodes{
      {{-kNode, 7.0 / 30}, {0.0, 16.0 / 30}, {kNode, 7.0 / 30}}};
  Factors out;
  for (const auto& [x, weight] : kNodes) {
    const double r = radius + x * half;
    const double shrinking = weight * std::exp((1 - n) * std::log(r));
    out.growing += shrinking * r;
    out.shrinking -= shrinking;
  }
  return out;
}

}  // namespace

/// The best A and A/r* at a given n, in units of scale_, and how badly they fit.
struct RipeningFit::AtExponent {
  double a = 0;
  std::vector<double> growing;  // A/r* by window, 0 where nothing is there
  double squares = std::numeric_limits<double>::infinity();
};

RipeningFit::RipeningFit(std::span<const WindowRate> rates) : rates_(rates.begin(), rates.end()) {
  std::vector<double> radii;
  std::vector<size_t> counts;
  for (const WindowRate& rate : rates_) {
    windows_ = std::max(windows_, rate.window + 1);
    counts.resize(windows_);
    counts[rate.window] += 1;
    radii.push_back(rate.radius);
  }
  const auto full = std::count_if(counts.begin(), counts.end(),
                                  [](size_t count) { return count >= kFewestOfWindow; });
  if (full < static_cast<int64_t>(kFewestWindows)) {
    return;
  }
  scale_ = median(std::move(radii));
  for (WindowRate& rate : rates_) {
    rate.radius /= scale_;
    rate.rate /= scale_;
    rate.rate_se /= scale_;
    rate.times = counts[rate.window] < kFewestOfWindow ? 0 : rate.times;
  }
  weigh();
}

// Both are sums over rates; windows only share A, so that A/r* is eliminated window by window.
RipeningFit::AtExponent RipeningFit::at(double n, std::span<const double> weights) const {
  struct Sums {
    double gg = 0, gs = 0, gy = 0;
  };
  std::vector<Sums> sums(windows_);
  std::vector<Factors> all(rates_.size());
  double ss = 0;
  double sy = 0;
  for (size_t i = 0; i < rates_.size(); ++i) {
    const WindowRate& rate = rates_[i];
    all[i] = factors(rate.radius, rate.rate * rate.span, n);
    const auto& [growing, shrinking] = all[i];
    sums[rate.window].gg += weights[i] * growing * growing;
    sums[rate.window].gs += weights[i] * growing * shrinking;
    sums[rate.window].gy += weights[i] * growing * rate.rate;
    ss += weights[i] * shrinking * shrinking;
    sy += weights[i] * shrinking * rate.rate;
  }
  for (const Sums& window : sums) {
    if (window.gg > 0) {
      ss -= window.gs * window.gs / window.gg;
      sy -= window.gs * window.gy / window.gg;
    }
  }
  AtExponent out;
  if (!(ss > 0)) {
    return out;
  }
  out.a = sy / ss;
  for (const Sums& window : sums) {
    out.growing.push_back(window.gg > 0 ? (window.gy - window.gs * out.a) / window.gg : 0);
  }
  out.squares = 0;
  for (size_t i = 0; i < rates_.size(); ++i) {
    const double residual =
        rates_[i].rate - out.growing[rates_[i].window] * all[i].growing - out.a * all[i].shrinking;
    out.squares += weights[i] * residual * residual;
  }
  return out;
}

void RipeningFit::weigh() {
  weights_.clear();
  for (const WindowRate& rate : rates_) {
    weights_.push_back(rate.times);
  }
  for (int round = 0; round < kRounds; ++round) {
    const AtExponent fit = at(kPilotExponent, weights_);
    if (fit.growing.empty()) {
      weights_.clear();
      return;
    }
    std::vector<double> residuals;
    for (const WindowRate& rate : rates_) {
      const Factors f = factors(rate.radius, rate.rate * rate.span, kPilotExponent);
      residuals.push_back(
          std::abs(rate.rate - fit.growing[rate.window] * f.growing - fit.a * f.shrinking));
    }
    const double scatter = kMadToSd * median(residuals);
    for (size_t i = 0; i < rates_.size(); ++i) {
      const double variance = rates_[i].rate_se * rates_[i].rate_se + scatter * scatter + 1e-300;
      const double size = residuals[i] / std::sqrt(variance);
      weights_[i] = rates_[i].times * std::min(1.0, kHuber / std::max(size, 1e-12)) / variance;
    }
  }
}

std::optional<RipeningLaw> RipeningFit::law(std::span<const double> times) const {
  if (weights_.empty()) {
    return std::nullopt;
  }
  std::vector<double> weights = weights_;
  for (size_t i = 0; i < times.size() && i < weights.size(); ++i) {
    weights[i] *= times[i];
  }
  const auto badness = [&](double n) { return at(n, weights).squares; };
  RipeningLaw out{
      .n = least_between(badness, kLeastExponent, kGreatestExponent, kExponentSteps, 5e-3)};
  const AtExponent fit = at(out.n, weights);
  if (!(fit.a > 0)) {
    return std::nullopt;
  }
  out.a = fit.a * std::pow(scale_, out.n);
  for (const double growing : fit.growing) {
    out.critical.push_back(growing > 0 ? std::optional(scale_ * fit.a / growing) : std::nullopt);
  }
  return out;
}

}  // namespace mote::measure
