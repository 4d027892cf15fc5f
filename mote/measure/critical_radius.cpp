#include "mote/measure/critical_radius.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "mote/core/median.h"
#include "mote/measure/cholesky.h"

namespace mote::measure {
namespace {

constexpr size_t kFewest = 8;
constexpr double kHuber = 1.345;
constexpr double kMadToSd = 1.4826;
constexpr double kReach = 0.7;  // of the window, in r*

struct Sample {
  double r = 0;
  double y = 0;  // r² dr/dt
  double variance = 0;
  double times = 1;
};

/// offset + slope x + bend x², x = r / centre - 1.
struct Parabola {
  double centre = 1;
  std::array<double, 3> c{};

  double at(double r) const {
    const double x = r / centre - 1;
    return c[0] + x * (c[1] + x * c[2]);
  }
};

std::optional<Parabola> weighted_fit(const std::vector<Sample>& samples,
                                     const std::vector<double>& weights, double centre,
                                     size_t terms) {
  std::vector<double> matrix(terms * terms);
  std::vector<double> right(terms);
  for (size_t i = 0; i < samples.size(); ++i) {
    const double x = samples[i].r / centre - 1;
    const std::array<double, 3> powers{1, x, x * x};
    for (size_t a = 0; a < terms; ++a) {
      right[a] += weights[i] * powers[a] * samples[i].y;
      for (size_t b = 0; b < terms; ++b) {
        matrix[a * terms + b] += weights[i] * powers[a] * powers[b];
      }
    }
  }
  const auto root = Cholesky::of(std::move(matrix), terms);
  if (!root) {
    return std::nullopt;
  }
  Parabola out{.centre = centre};
  const std::vector<double> solved = root->solved(right);
  std::copy(solved.begin(), solved.end(), out.c.begin());
  return out;
}

/// Weights of distance, error and Huber for the curve so far.
std::vector<double> new_weights(const std::vector<Sample>& samples, const Parabola& curve,
                                double reach) {
  std::vector<double> sizes;
  for (const Sample& sample : samples) {
    if (std::abs(sample.r / curve.centre - 1) < reach) {
      sizes.push_back(std::abs(sample.y - curve.at(sample.r)));
    }
  }
  const double scatter = kMadToSd * median(std::move(sizes));
  std::vector<double> out;
  for (const Sample& sample : samples) {
    const double distance = std::min(1.0, std::abs(sample.r / curve.centre - 1) / reach);
    const double near = std::pow(1 - distance * distance * distance, 3);
    const double variance = sample.variance + scatter * scatter + 1e-300;
    const double size = std::abs(sample.y - curve.at(sample.r)) / std::sqrt(variance);
    out.push_back(sample.times * near * std::min(1.0, kHuber / std::max(size, 1e-12)) / variance);
  }
  return out;
}

/// The crossing that the centre leads to, by Newton's method; nothing where the curve falls there.
std::optional<double> crossing(const Parabola& curve) {
  double x = 0;
  for (int i = 0; i < 20; ++i) {
    const double slope = curve.c[1] + 2 * x * curve.c[2];
    if (slope <= 0) {
      return std::nullopt;
    }
    x -= std::clamp((curve.c[0] + x * (curve.c[1] + x * curve.c[2])) / slope, -0.3, 0.3);
  }
  return x > -1 ? std::optional(curve.centre * (1 + x)) : std::nullopt;
}

/// A robust fit of `terms` terms about `centre`, and where it crosses zero.
std::optional<double> robust_crossing(const std::vector<Sample>& samples, double centre,
                                      size_t terms, double reach) {
  Parabola curve{.centre = centre};
  for (int i = 0; i < 8; ++i) {
    const auto next =
        weighted_fit(samples, new_weights(samples, curve, reach), curve.centre, terms);
    if (!next) {
      return std::nullopt;
    }
    curve = *next;
  }
  return crossing(curve);
}

}  // namespace

std::optional<double> critical_radius(std::span<const GrowthRate> rates) {
  std::vector<Sample> samples;
  std::vector<double> radii;
  for (const GrowthRate& rate : rates) {
    if (rate.weight > 0) {
      const double square = rate.radius * rate.radius;
      const double error = square * rate.rate_se;
      samples.push_back({.r = rate.radius,
                         .y = square * rate.rate,
                         .variance = error * error,
                         .times = rate.weight});
      radii.push_back(rate.radius);
    }
  }
  if (samples.size() < kFewest) {
    return std::nullopt;
  }
  constexpr double kEverywhere = 1e6;
  std::optional<double> r = robust_crossing(samples, median(radii), 2, kEverywhere);
  for (int i = 0; i < 4 && r; ++i) {
    const auto about = std::count_if(samples.begin(), samples.end(), [&](const Sample& sample) {
      return std::abs(sample.r / *r - 1) < kReach;
    });
    if (about < static_cast<int64_t>(kFewest)) {
      return std::nullopt;
    }
    r = robust_crossing(samples, *r, 3, kReach);
  }
  return r;
}

}  // namespace mote::measure
