#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "mote/measure/bootstrap.h"
#include "mote/measure/growth.h"
#include "mote/measure/ripening_law.h"

namespace mote::measure {
namespace {

/// Where the boundary lies farther out by `small` for small particles, by `large` for large ones,
/// and in between by what lies between.
struct BoundaryShift {
  double small = 0;
  double large = 0;
};

/// Between the 10 and the 90 % quantile of their radii the shift changes from one to the other.
std::vector<WindowRate> shifted(std::vector<WindowRate> rates, const BoundaryShift& shift) {
  std::vector<double> radii;
  radii.reserve(rates.size());
  for (const WindowRate& rate : rates) {
    radii.push_back(rate.radius);
  }
  const double low = quantile_of(radii, 0.1);
  const double high = std::max(quantile_of(radii, 0.9), std::nextafter(low, 2 * low));
  for (WindowRate& rate : rates) {
    const double share = std::clamp((rate.radius - low) / (high - low), 0.0, 1.0);
    const bool changes = share > 0 && share < 1;
    rate.radius += shift.small + share * (shift.large - shift.small);
    rate.rate *= changes ? 1 + (shift.large - shift.small) / (high - low) : 1.0;
  }
  std::erase_if(rates, [](const WindowRate& rate) { return rate.radius <= 0; });
  return rates;
}

/// [low, high] moved as far as a boundary that is off by up to `reach` moves n.
void widen(Interval& n, const std::vector<WindowRate>& rates, double reach) {
  double least = n.value;
  double most = n.value;
  for (const double small : {-reach, reach}) {
    for (const double large : {-reach, reach}) {
      const std::vector<WindowRate> moved = shifted(rates, {.small = small, .large = large});
      if (const auto law = RipeningFit(moved).law()) {
        least = std::min(least, law->n);
        most = std::max(most, law->n);
      }
    }
  }
  n.low -= n.value - least;
  n.high += most - n.value;
}

/// With a standard uncertainty of the boundary, which every particle of the bin shares: as sums of
/// squares (GUM, JCGM 100:2008, 5.1.2).
Interval with_boundary(Interval r, double se) {
  constexpr double k95 = 1.959963984540054;
  r.low = r.value - std::hypot(r.value - r.low, k95 * se);
  r.high = r.value + std::hypot(r.high - r.value, k95 * se);
  return r;
}

}  // namespace

int64_t GrowthCollector::rate_bins() const {
  constexpr int64_t kFewestFrames = 10;
  return std::clamp<int64_t>(options_.frames / kFewestFrames, 1, options_.rate_bins);
}

std::optional<Interval> GrowthCollector::critical_radius_of(std::span<const Rate> rates,
                                                            int64_t bin) const {
  std::vector<GrowthRate> sample;
  for (const Rate& rate : rates) {
    sample.push_back(
        {.radius = rate.row.radius_px, .rate = rate.row.rate, .rate_se = rate.row.rate_se});
  }
  const std::optional<double> value = critical_radius(sample);
  if (!value) {
    return std::nullopt;
  }
  BootstrapRandom random(options_.seed + static_cast<uint64_t>(bin));
  std::vector<double> values;
  for (int64_t i = 0; i < options_.resamples; ++i) {
    const std::vector<double> times = drawn(ensemble_.families(), random);
    for (size_t j = 0; j < sample.size(); ++j) {
      sample[j].weight = times[rates[j].family];
    }
    if (const auto again = critical_radius(sample)) {
      values.push_back(*again);
    }
  }
  return with_boundary(percentile_interval(*value, std::move(values), rates.size()),
                       boundary_se_px());
}

// The rates of whole bins in each isothermal stretch.
void GrowthCollector::add_law(std::vector<RateRow>& rows) const {
  const int64_t bins = rate_bins();
  const auto first_frame = [&](int64_t bin) { return (bin * options_.frames + bins - 1) / bins; };
  for (const Stretch& stretch : ensemble_.isothermal(options_.isothermal_range)) {
    const int64_t first = ensemble_.first_frame(stretch.first_bin);
    const int64_t end = ensemble_.first_frame(stretch.last_bin + 1);
    const auto within = [&](int64_t bin) {
      return first_frame(bin) >= first && first_frame(bin + 1) <= end;
    };
    const auto begin = std::find_if(rates_.begin(), rates_.end(),
                                    [&](const Rate& rate) { return within(rate.row.bin); });
    const auto last =
        std::find_if(begin, rates_.end(), [&](const Rate& rate) { return !within(rate.row.bin); });
    const auto offset = static_cast<size_t>(begin - rates_.begin());
    const auto count = static_cast<size_t>(last - begin);
    add_law({rates_.data() + offset, count}, {rows.data() + offset, count});
  }
}

void GrowthCollector::add_law(std::span<const Rate> rates, std::span<RateRow> rows) const {
  std::vector<WindowRate> sample;
  std::map<size_t, size_t> families;
  for (const Rate& rate : rates) {
    sample.push_back({.window = static_cast<size_t>(rate.row.bin - rates.front().row.bin),
                      .radius = rate.row.radius_px,
                      .rate = rate.row.rate,
                      .rate_se = rate.row.rate_se,
                      .span = rate.span});
    families.emplace(rate.family, families.size());
  }
  const auto tell = [&](const std::string& verdict) {
    for (RateRow& row : rows) {
      row.law_verdict = verdict;
    }
  };
  if (static_cast<int64_t>(families.size()) < options_.min_tracks) {
    tell(fmt::format("n not determined: fewer than {} families of tracks", options_.min_tracks));
    return;
  }
  const RipeningFit fit(sample);
  const std::optional<RipeningLaw> law = fit.law();
  if (!law) {
    tell("n not determined: large particles do not grow as small ones shrink");
    return;
  }

  BootstrapRandom random(options_.seed);
  std::vector<double> exponents;
  std::vector<std::vector<double>> critical(law->critical.size());
  std::vector<double> times(rates.size());
  for (int64_t i = 0; i < options_.resamples; ++i) {
    const std::vector<double> of_family = drawn(families.size(), random);
    for (size_t j = 0; j < rates.size(); ++j) {
      times[j] = of_family[families.at(rates[j].family)];
    }
    if (const auto again = fit.law(times)) {
      exponents.push_back(again->n);
      for (size_t w = 0; w < critical.size(); ++w) {
        if (again->critical[w]) {
          critical[w].push_back(*again->critical[w]);
        }
      }
    }
  }
  Interval n = percentile_interval(law->n, std::move(exponents), families.size());
  widen(n, sample, std::numbers::sqrt3 * boundary_se_px());
  tell(exponent_verdict(n.low, n.high));
  std::vector<std::optional<Interval>> of_window;
  for (size_t w = 0; w < critical.size(); ++w) {
    of_window.push_back(
        law->critical[w]
            ? std::optional(with_boundary(
                  percentile_interval(*law->critical[w], std::move(critical[w]), families.size()),
                  boundary_se_px()))
            : std::nullopt);
  }
  for (size_t j = 0; j < rows.size(); ++j) {
    rows[j].law_n = n;
    rows[j].law_critical_radius_px = of_window[sample[j].window];
  }
}

std::vector<RateRow> GrowthCollector::rates() {
  close_all();
  std::vector<RateRow> out;
  for (size_t begin = 0; begin < rates_.size();) {
    size_t end = begin;
    while (end < rates_.size() && rates_[end].row.bin == rates_[begin].row.bin) {
      ++end;
    }
    const std::span<const Rate> of_bin(rates_.data() + begin, end - begin);
    const auto critical = critical_radius_of(of_bin, of_bin.front().row.bin);
    for (const Rate& rate : of_bin) {
      out.push_back(rate.row);
      out.back().critical_radius_px = critical;
    }
    begin = end;
  }
  add_law(out);
  return out;
}

}  // namespace mote::measure
