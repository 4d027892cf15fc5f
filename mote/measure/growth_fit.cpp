#include "mote/measure/growth_fit.h"

#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mote/measure/golden_section.h"

namespace mote::measure {
namespace {

/// Points with mean radius 1 and a span of time 1, so that the normal equations are well scaled.
struct Scaled {
  std::vector<GrowthPoint> points;
  double radius = 1;
  double time = 1;
};

std::optional<Scaled> scaled(std::span<const GrowthPoint> points, size_t fewest) {
  if (points.size() < fewest || points.back().time <= points.front().time) {
    return std::nullopt;
  }
  Scaled out{.points = {points.begin(), points.end()}, .radius = 0};
  double weights = 0;
  for (const GrowthPoint& point : points) {
    out.radius += point.weight * point.radius;
    weights += point.weight;
  }
  out.radius /= weights;
  out.time = points.back().time - points.front().time;
  if (!(out.radius > 0)) {
    return std::nullopt;
  }
  for (GrowthPoint& point : out.points) {
    point.radius /= out.radius;
    point.time = (point.time - points.front().time) / out.time;
    point.weight /= weights;
  }
  return out;
}

double law(double n, double power, double k, double time) {
  const double base = power + k * time;
  return base > 0 ? std::exp(std::log(base) / n) : std::numeric_limits<double>::quiet_NaN();
}

double squares(const Scaled& data, double n, double power, double k) {
  double sum = 0;
  for (const GrowthPoint& point : data.points) {
    const double residual = point.radius - law(n, power, k, point.time);
    sum += point.weight * residual * residual;
  }
  return sum;  // not a number where the law leaves positive radii
}

/// The power r0^n, k and the sum of squares of the best law in scaled units.
struct Scale {
  double power = 0;
  double k = 0;
  double squares = std::numeric_limits<double>::infinity();
};

/// <r>^n against time is a straight line.
Scale straight_line(const Scaled& data, double n) {
  double w = 0;
  double t = 0;
  double y = 0;
  double tt = 0;
  double ty = 0;
  for (const GrowthPoint& point : data.points) {
    const double power = std::pow(point.radius, n);
    w += point.weight;
    t += point.weight * point.time;
    y += point.weight * power;
    tt += point.weight * point.time * point.time;
    ty += point.weight * point.time * power;
  }
  Scale out;
  out.k = (w * ty - t * y) / (w * tt - t * t);
  out.power = (y - out.k * t) / w;
  out.squares = squares(data, n, out.power, out.k);
  return out;
}

/// One step of Gauss and Newton, halved until the squares fall.
bool improve(const Scaled& data, double n, Scale& scale) {
  double aa = 0;
  double ab = 0;
  double bb = 0;
  double ay = 0;
  double by = 0;
  for (const GrowthPoint& point : data.points) {
    const double r = law(n, scale.power, scale.k, point.time);
    const double slope = r / (n * (scale.power + scale.k * point.time));  // dr / d(r^n)
    const double residual = point.radius - r;
    aa += point.weight * slope * slope;
    ab += point.weight * slope * slope * point.time;
    bb += point.weight * slope * slope * point.time * point.time;
    ay += point.weight * slope * residual;
    by += point.weight * slope * point.time * residual;
  }
  const double det = aa * bb - ab * ab;
  if (!(det > 0)) {
    return false;
  }
  double power = (bb * ay - ab * by) / det;
  double k = (aa * by - ab * ay) / det;
  for (int halvings = 0; halvings < 20; ++halvings) {
    const double next = squares(data, n, scale.power + power, scale.k + k);
    if (next < scale.squares) {
      const bool more = scale.squares - next > 1e-9 * scale.squares;
      scale = {.power = scale.power + power, .k = scale.k + k, .squares = next};
      return more;
    }
    power /= 2;
    k /= 2;
  }
  return false;
}

/// Nothing where no law of positive radii is found.
std::optional<Scale> best_scale(const Scaled& data, double n) {
  Scale scale = straight_line(data, n);
  if (!std::isfinite(scale.squares)) {
    scale = {.power = 1, .k = 0, .squares = squares(data, n, 1, 0)};
  }
  for (int i = 0; i < 30 && improve(data, n, scale); ++i) {
  }
  return scale.power > 0 ? std::optional(scale) : std::nullopt;
}

GrowthLaw unscaled(const Scaled& data, double n, const Scale& scale) {
  return {.n = n,
          .r0 = data.radius * std::pow(scale.power, 1 / n),
          .k = scale.k * std::pow(data.radius, n) / data.time,
          .rms = data.radius * std::sqrt(scale.squares),
          .last_r = data.radius * law(n, scale.power, scale.k, 1)};
}

}  // namespace

double GrowthLaw::at(double time) const {
  return law(n, std::pow(r0, n), k, time);
}

std::optional<GrowthLaw> fit_growth(std::span<const GrowthPoint> points, double n) {
  const auto data = scaled(points, 3);
  const auto scale = data ? best_scale(*data, n) : std::nullopt;
  return scale ? std::optional(unscaled(*data, n, *scale)) : std::nullopt;
}

std::optional<GrowthLaw> fit_growth(std::span<const GrowthPoint> points) {
  const auto data = scaled(points, 4);
  if (!data) {
    return std::nullopt;
  }
  const auto badness = [&](double n) {
    const auto scale = best_scale(*data, n);
    return scale ? scale->squares : std::numeric_limits<double>::infinity();
  };
  const double n = least_between(badness, kLeastExponent, kGreatestExponent, kExponentSteps, 1e-3);
  const auto scale = best_scale(*data, n);
  return scale ? std::optional(unscaled(*data, n, *scale)) : std::nullopt;
}

std::string exponent_verdict(double low, double high) {
  std::vector<int> held;
  for (const int n : {2, 3, 4}) {
    if (low <= n && n <= high) {
      held.push_back(n);
    }
  }
  if (held.size() > 1) {
    return fmt::format("n not determined: {} lie in its interval", fmt::join(held, " and "));
  }
  return held.empty() ? "n is none of 2, 3, 4" : fmt::format("n = {}", held.front());
}

std::string growth_verdict(double growth, double low, double high) {
  constexpr double kLeastGrowth = 1.5;
  if (!(growth >= kLeastGrowth)) {
    return fmt::format("n not determined: <r> grew {:.2f} times, less than {}", growth,
                       kLeastGrowth);
  }
  return exponent_verdict(low, high);
}

}  // namespace mote::measure
