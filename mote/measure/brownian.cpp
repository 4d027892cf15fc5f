#include "mote/measure/brownian.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "mote/measure/golden_section.h"

namespace mote::measure {
namespace {

constexpr size_t kRatios = 48;
constexpr double kLowestLogit = -16;  // u = 1e-7: what 1,000s of displacements can tell from 0
constexpr double kHighestLogit = 3;   // u = 0.95: beyond what blur alone makes, 0.75
constexpr double kStep = (kHighestLogit - kLowestLogit) / (kRatios - 1);
constexpr double kHalfChiSquare = 1.920729410347062;  // 95 % of chi² with one degree, halved
constexpr double kNever = -std::numeric_limits<double>::infinity();

double logit_of(size_t i) {
  return kLowestLogit + kStep * static_cast<double>(i);
}

double ratio_of(double logit) {
  return 1 / (1 + std::exp(-logit));
}

/// A natural cubic spline through values at logit_of(0), logit_of(1), ...
class Spline {
 public:
  explicit Spline(std::vector<double> values) : y_(std::move(values)), bend_(y_.size()) {
    std::vector<double> share(y_.size());
    for (size_t i = 1; i + 1 < y_.size(); ++i) {
      const double pivot = 4 - share[i - 1];
      share[i] = 1 / pivot;
      bend_[i] = (6 * (y_[i + 1] - 2 * y_[i] + y_[i - 1]) - bend_[i - 1]) / pivot;
    }
    for (size_t i = y_.size() - 2; i > 0; --i) {
      bend_[i] -= share[i] * bend_[i + 1];
    }
  }

  double operator()(double logit) const {
    const double at =
        std::clamp((logit - kLowestLogit) / kStep, 0.0, static_cast<double>(kRatios - 1));
    const size_t i = std::min(static_cast<size_t>(at), kRatios - 2);
    const double b = at - static_cast<double>(i);
    const double a = 1 - b;
    return a * y_[i] + b * y_[i + 1] +
           ((a * a * a - a) * bend_[i] + (b * b * b - b) * bend_[i + 1]) / 6;
  }

 private:
  std::vector<double> y_;
  std::vector<double> bend_;  // second derivative, in units of the step
};

/// The highest value of `f` near the best of the ratios' places, by golden section.
template <typename F>
std::pair<double, double> highest(const F& f) {
  size_t best = 0;
  double value = kNever;
  for (size_t i = 0; i < kRatios; ++i) {
    if (const double here = f(logit_of(i)); here > value) {
      best = i;
      value = here;
    }
  }
  const double at =
      golden_section([&](double logit) { return -f(logit); }, logit_of(best == 0 ? 0 : best - 1),
                     logit_of(std::min(best + 1, kRatios - 1)), 1e-5);
  const double refined = f(at);
  return refined > value ? std::pair(at, refined) : std::pair(logit_of(best), value);
}

/// Where `f`, above `level` at `inside` and below it at `outside`, crosses it.
template <typename F>
double crossing(const F& f, double level, double inside, double outside) {
  for (int i = 0; i < 30; ++i) {
    const double middle = (inside + outside) / 2;
    (f(middle) > level ? inside : outside) = middle;
  }
  return (inside + outside) / 2;
}

/// The log-likelihood of n displacements of an axis in (V, u), V = 2 D + 2 c.
class Surface {
 public:
  Surface(double n, std::vector<double> log_sums, std::vector<double> log_squares,
          double immobile_log_sum, double immobile_square_sum, double exposure)
      : n_(n),
        log_sum_(std::move(log_sums)),
        log_square_(std::move(log_squares)),
        immobile_log_sum_(immobile_log_sum),
        immobile_square_sum_(immobile_square_sum),
        exposure_(exposure) {}

  double value(double scale, double logit) const {
    return value(scale, log_sum_(logit), std::exp(log_square_(logit)));
  }
  double value(double scale, double log_sum, double square_sum) const {
    return -0.5 * (n_ * std::log(scale) + 2 * log_sum + square_sum / scale);
  }
  double best_scale(double logit) const { return std::exp(log_square_(logit)) / n_; }
  double immobile_scale() const { return immobile_square_sum_ / n_; }
  double immobile() const {
    return value(immobile_scale(), immobile_log_sum_, immobile_square_sum_);
  }

  /// sigma_loc² over V.
  double noise_share(double u) const { return 0.5 - u + u * exposure_ / 3; }

  /// The likelihood of D, and of sigma_loc², whatever the other is.
  double of_diffusion(double diffusion) const {
    if (diffusion <= 0) {
      return immobile();
    }
    const auto at = [&](double logit) { return value(diffusion / ratio_of(logit), logit); };
    return highest(at).second;
  }
  double of_noise(double noise) const {
    const auto at = [&](double logit) {
      const double share = noise_share(ratio_of(logit));
      return share <= 0 ? kNever : value(noise / share, logit);
    };
    return std::max(highest(at).second, value(2 * noise, immobile_log_sum_, immobile_square_sum_));
  }
  double without_noise() const {
    const double u = 0.5 / (1 - exposure_ / 3);
    const double logit = std::log(u / (1 - u));
    return value(best_scale(logit), logit);
  }

 private:
  double n_;
  Spline log_sum_;
  Spline log_square_;
  double immobile_log_sum_;
  double immobile_square_sum_;
  double exposure_;
};

/// The 95 % interval of a parameter that is not negative, by its profile likelihood.
template <typename F>
Interval profile_interval(const F& profile, double best, double scale, double highest_value,
                          double value_at_zero) {
  const double level = highest_value - kHalfChiSquare;
  Interval out{.value = best, .low = 0, .high = 0};
  if (best > 0 && value_at_zero < level) {
    double below = best / 2;
    while (profile(below) > level && below > 1e-12 * best) {
      below /= 2;
    }
    out.low = crossing(profile, level, best, below);
  }
  double above = std::max(2 * best, 1e-6 * scale);
  while (profile(above) > level && above < 1e6 * scale) {
    above *= 2;
  }
  out.high = crossing(profile, level, best > 0 ? best : above / 2, above);
  return out;
}

std::optional<double> standard_error(const Surface& surface, const Interval& d, double best) {
  const double step = std::min(d.high - d.value, d.value - d.low) / 2;
  if (d.value <= 0 || step <= 0) {
    return std::nullopt;
  }
  const double bend =
      (surface.of_diffusion(d.value + step) - 2 * best + surface.of_diffusion(d.value - step)) /
      (step * step);
  return bend < 0 ? std::optional(1 / std::sqrt(-bend)) : std::nullopt;
}

}  // namespace

BrownianLikelihood::BrownianLikelihood() : ratios_(kRatios + 1) {
  for (size_t i = 0; i < kRatios; ++i) {
    ratios_[i + 1].u = ratio_of(logit_of(i));
  }
}

void BrownianLikelihood::add(Point displacement, double intervals) {
  for (Ratio& ratio : ratios_) {
    const double c = 0.5 - ratio.u;
    const double variance = 2 * ratio.u * intervals + 2 * c;
    const double carried = chained_ ? -c / ratio.variance : 0;
    ratio.innovation = {displacement.y_px - carried * ratio.innovation.y_px,
                        displacement.x_px - carried * ratio.innovation.x_px};
    ratio.variance = std::max(variance - (chained_ ? c * c / ratio.variance : 0), 1e-12);
    ratio.log_sum += std::log(ratio.variance);
    ratio.square_sum += (ratio.innovation.y_px * ratio.innovation.y_px +
                         ratio.innovation.x_px * ratio.innovation.x_px) /
                        ratio.variance;
  }
  ++count_;
  chained_ = true;
}

std::optional<BrownianFit> BrownianLikelihood::fit(double exposure_intervals,
                                                   double diffusion_floor) const {
  if (count_ < 3) {
    return std::nullopt;
  }
  BrownianFit out;
  if (ratios_.front().square_sum <= 0) {
    return out;  // it never moved at all
  }
  std::vector<double> log_sums;
  std::vector<double> log_squares;
  for (size_t i = 1; i < ratios_.size(); ++i) {
    log_sums.push_back(ratios_[i].log_sum);
    log_squares.push_back(std::log(ratios_[i].square_sum));
  }
  const Surface surface(2 * static_cast<double>(count_), std::move(log_sums),
                        std::move(log_squares), ratios_.front().log_sum, ratios_.front().square_sum,
                        exposure_intervals);

  auto [logit, best] =
      highest([&](double at) { return surface.value(surface.best_scale(at), at); });
  double u = ratio_of(logit);
  double scale = surface.best_scale(logit);
  if (surface.immobile() >= best) {
    best = surface.immobile();
    u = 0;
    scale = surface.immobile_scale();
  }
  const double noise = std::max(0.0, scale * surface.noise_share(u));
  out.diffusion = profile_interval([&](double d) { return surface.of_diffusion(d); }, scale * u,
                                   scale, best, surface.immobile());
  const double without_noise = surface.without_noise();
  const Interval squared = profile_interval([&](double s) { return surface.of_noise(s); }, noise,
                                            scale, noise > 0 ? best : without_noise, without_noise);
  out.localisation = {.value = std::sqrt(squared.value),
                      .low = std::sqrt(squared.low),
                      .high = std::sqrt(squared.high)};
  out.diffusion_se = standard_error(surface, out.diffusion, best);
  if (out.diffusion.value > diffusion_floor) {
    const double ratio = 2 * (best - surface.of_diffusion(diffusion_floor));
    out.p_immobile = 0.5 * std::erfc(std::sqrt(std::max(0.0, ratio) / 2));
  }
  return out;
}

}  // namespace mote::measure
