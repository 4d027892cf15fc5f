#include "mote/measure/neck_law_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mote/measure/bootstrap.h"

namespace mote::measure {
namespace {

constexpr int kContactTimes = 17;  // that are tried within the window
constexpr double kParameters = 3;

double exponent_at(double place) {
  return kLeastNeckExponent + place * kNeckExponentStep;
}

size_t lowest(std::span<const double> curve) {
  return static_cast<size_t>(std::min_element(curve.begin(), curve.end()) - curve.begin());
}

bool at_an_end(size_t place) {
  return place == 0 || place + 1 == kNeckExponentCount;
}

// Where the parabola through the lowest value and its neighbours is lowest.
double vertex(std::span<const double> curve, size_t place) {
  if (at_an_end(place)) {
    return static_cast<double>(place);
  }
  const double before = curve[place - 1] - curve[place];
  const double after = curve[place + 1] - curve[place];
  const double bend = before + after;
  return static_cast<double>(place) + (bend > 0 ? (before - after) / (2 * bend) : 0);
}

// The exponent nearest to `place`, in steps of `step`, at which the curve passes `level`.
std::optional<double> crossing(std::span<const double> curve, size_t place, int step,
                               double level) {
  auto at = static_cast<int64_t>(place);
  while (at + step >= 0 && at + step < static_cast<int64_t>(curve.size())) {
    const double here = curve[static_cast<size_t>(at)];
    const double next = curve[static_cast<size_t>(at + step)];
    if (next > level) {
      return exponent_at(static_cast<double>(at) + step * (level - here) / (next - here));
    }
    at += step;
  }
  return std::nullopt;
}

struct Best {
  double rss = std::numeric_limits<double>::infinity();
  double contact_time = 0;
  double factor = 0;  // of (t - t0)^a
};

// For every exponent the best contact time and factor. (t - t0)^a comes from that of the exponent
// before by one product.
std::vector<Best> profile(std::span<const NeckPoint> points, const ContactWindow& contact) {
  std::vector<Best> best(kNeckExponentCount);
  std::vector<double> power(points.size());
  std::vector<double> step(points.size());
  double xx = 0;
  for (const NeckPoint& point : points) {
    xx += point.ratio * point.ratio;
  }
  for (int k = 0; k < kContactTimes; ++k) {
    const double contact_time =
        contact.earliest + (contact.latest - contact.earliest) * k / (kContactTimes - 1);
    for (size_t i = 0; i < points.size(); ++i) {
      power[i] = std::pow(points[i].time - contact_time, kLeastNeckExponent);
      step[i] = std::pow(points[i].time - contact_time, kNeckExponentStep);
    }
    for (Best& entry : best) {
      double xy = 0;
      double yy = 0;
      for (size_t i = 0; i < points.size(); ++i) {
        xy += points[i].ratio * power[i];
        yy += power[i] * power[i];
        power[i] *= step[i];
      }
      const double rss = std::max(0.0, xx - xy * xy / yy);
      if (rss < entry.rss) {
        entry = {.rss = rss, .contact_time = contact_time, .factor = xy / yy};
      }
    }
  }
  return best;
}

}  // namespace

NeckLawFit fit_neck_law(std::span<const NeckPoint> points, const ContactWindow& contact) {
  const std::vector<Best> best = profile(points, contact);
  NeckLawFit fit;
  for (const Best& entry : best) {
    fit.curve.push_back(entry.rss);
  }
  const size_t place = lowest(fit.curve);
  const auto n = static_cast<double>(points.size());
  const double degrees = n - kParameters;
  // No neck is measured better than to 0.002 of the radius: points without scatter decide nothing.
  constexpr double kLeastVariance = 4e-6;
  const double variance = std::max(best[place].rss / degrees, kLeastVariance);
  for (double& value : fit.curve) {
    value /= variance;
  }
  const double level = fit.curve[place] + std::pow(student_quantile(degrees), 2);
  fit.low = crossing(fit.curve, place, -1, level);
  fit.high = crossing(fit.curve, place, 1, level);
  fit.exponent = exponent_at(vertex(fit.curve, place));
  fit.contact_time = best[place].contact_time;
  fit.tau = std::pow(best[place].factor, -1 / exponent_at(static_cast<double>(place)));
  fit.rms = std::sqrt(best[place].rss / n);
  return fit;
}

std::optional<Interval> common_exponent(std::span<const std::vector<double>> curves,
                                        int64_t resamples, uint64_t seed) {
  std::vector<double> sum(kNeckExponentCount);
  const auto best_of = [&](const auto& pair_of) -> std::optional<double> {
    std::fill(sum.begin(), sum.end(), 0.0);
    for (size_t i = 0; i < curves.size(); ++i) {
      const std::vector<double>& curve = curves[pair_of(i)];
      std::transform(sum.begin(), sum.end(), curve.begin(), sum.begin(), std::plus<>());
    }
    const size_t place = lowest(sum);
    return at_an_end(place) ? std::nullopt : std::optional(exponent_at(vertex(sum, place)));
  };
  const std::optional<double> value = best_of([](size_t i) { return i; });
  BootstrapRandom random(seed);
  std::vector<double> drawn;
  for (int64_t i = 0; i < resamples; ++i) {
    const std::optional<double> one =
        best_of([&](size_t /*i*/) { return random.below(curves.size()); });
    if (one) {
      drawn.push_back(*one);
    }
  }
  const double tail = bootstrap_tail(curves.size());
  const auto open = static_cast<double>(resamples) - static_cast<double>(drawn.size());
  if (!value || drawn.empty() || open > tail * static_cast<double>(resamples)) {
    return std::nullopt;
  }
  return Interval{
      .value = *value, .low = quantile_of(drawn, tail), .high = quantile_of(drawn, 1 - tail)};
}

std::string exponent_verdict(std::optional<double> low, std::optional<double> high) {
  if (!low || !high) {
    return "a not determined: its interval is open";
  }
  std::vector<const char*> held;
  std::vector<const char*> all;
  for (const NeckExponent& one : kNeckExponents) {
    all.push_back(one.text);
    if (one.value >= *low && one.value <= *high) {
      held.push_back(one.text);
    }
  }
  if (held.empty()) {
    return fmt::format("a is none of {}", fmt::join(all, ", "));
  }
  return held.size() == 1
             ? fmt::format("a = {}", held.front())
             : fmt::format("a not determined: its interval holds {}", fmt::join(held, ", "));
}

}  // namespace mote::measure
