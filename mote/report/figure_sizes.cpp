#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "mote/measure/size_laws.h"
#include "mote/report/figure_set.h"

namespace mote::report {
namespace {

constexpr size_t kLeastForCurves = 20;
constexpr int kCurvePoints = 150;

struct Bins {
  double low = 0;
  double width = 1;
  int64_t count = 1;
};

// Freedman and Diaconis, Z. Wahrsch. verw. Gebiete 57, 453, 1981: a bin is 2 IQR / n^(1/3) wide,
// here for the mean n of the panels.
Bins bins_of(std::vector<double> values, size_t panels) {
  std::sort(values.begin(), values.end());
  const double iqr = values[values.size() * 3 / 4] - values[values.size() / 4];
  const double n = std::max(1.0, static_cast<double>(values.size()) / static_cast<double>(panels));
  const double span = values.back() - values.front();
  constexpr double kMost = 60;
  constexpr double kLeast = 5;
  double width = 2 * iqr / std::cbrt(n);
  width = std::clamp(width, span / kMost, span / kLeast);
  if (width <= 0) {
    width = std::max(values.back() * 0.1, 1e-9);
  }
  // A round width: its leading digit 1, 2 or 5.
  const double power = std::pow(10, std::floor(std::log10(width)));
  const double leading = width / power;
  width = power * (leading < 1.5 ? 1 : (leading < 3.5 ? 2 : (leading < 7.5 ? 5 : 10)));
  const double low = std::floor(values.front() / width) * width;
  const auto count = static_cast<int64_t>(std::floor((values.back() - low) / width)) + 1;
  return {.low = low, .width = width, .count = count};
}

Series histogram(const std::vector<double>& values, const std::vector<double>& weights,
                 const Bins& bins) {
  std::vector<double> density(static_cast<size_t>(bins.count) + 2, 0);  // an empty one at each end
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (size_t i = 0; i < values.size(); ++i) {
    const auto bin = static_cast<size_t>((values[i] - bins.low) / bins.width);
    density.at(1 + std::min(bin, density.size() - 3)) += weights[i] / (total * bins.width);
  }
  Series series{.name = "particles",
                .style = SeriesStyle::kFilled,
                .colour = FigureColour::kGrey,
                .width_pt = 0.5};
  for (size_t i = 0; i < density.size(); ++i) {
    series.x.push_back(bins.low + (static_cast<double>(i) - 1) * bins.width);
    series.y.push_back(density[i]);
  }
  series.x.push_back(series.x.back() + bins.width);
  series.y.push_back(0);
  return series;
}

// The law of a kind that fits best; nothing for values that are all the same.
std::optional<Series> curve(measure::SizeLaw law, std::span<const measure::Sized> sample,
                            double low, double high) {
  const auto fitted = measure::FittedSizeLaw::fit(law, sample, measure::Weighting::kNumber);
  if (!fitted) {
    return std::nullopt;
  }
  const bool log_normal = law == measure::SizeLaw::kLogNormal;
  const char* name = log_normal ? "log-normal" : "LSW";
  Series series{.name = name,
                .label = name,
                .colour = log_normal ? FigureColour::kBlue : FigureColour::kVermillion,
                .dashed = !log_normal};
  for (int i = 0; i <= kCurvePoints; ++i) {
    const double at = low + (high - low) * i / kCurvePoints;
    series.x.push_back(at);
    series.y.push_back(fitted->density(at));
  }
  return series;
}

}  // namespace

std::optional<Figure> sizes_figure(std::span<const SizesAtTime> times, const FigureUnits& units) {
  std::vector<double> all;
  for (const SizesAtTime& at : times) {
    for (const double ecd_px : at.ecd_px) {
      all.push_back(ecd_px * units.per_pixel);
    }
  }
  if (all.empty()) {
    return std::nullopt;
  }
  const Bins bins = bins_of(all, times.size());
  const double low = std::max(0.0, bins.low - bins.width);
  const double high = bins.low + static_cast<double>(bins.count + 1) * bins.width;
  Figure figure{.name = "sizes",
                .caption =
                    "Distributions of the equivalent circular diameter, border-corrected, "
                    "with the log-normal of greatest likelihood and that of Lifshitz, "
                    "Slyozov and Wagner of the same mean.",
                .panels = {}};
  for (const SizesAtTime& at : times) {
    if (at.ecd_px.empty()) {
      continue;
    }
    std::vector<double> values;
    for (const double ecd_px : at.ecd_px) {
      values.push_back(ecd_px * units.per_pixel);
    }
    const double time = units.time_of(at.info);
    Panel panel{.x = {.label = fmt::format("Equivalent circular diameter ({})", units.length),
                      .column = "ecd_" + units.length_ascii,
                      .low = low,
                      .high = high},
                .y = {.label = fmt::format("Density ({}^{{\u22121}})", units.length),
                      .column = "density_per_" + units.length_ascii},
                .height_mm = 27};
    panel.series.push_back(histogram(values, at.weights, bins));
    if (values.size() >= kLeastForCurves) {
      std::vector<measure::Sized> sample;
      for (size_t i = 0; i < values.size(); ++i) {
        sample.push_back({.diameter = values[i], .weight = at.weights[i]});
      }
      for (const auto law : {measure::SizeLaw::kLogNormal, measure::SizeLaw::kRipening3}) {
        if (auto fitted = curve(law, sample, low, high)) {
          panel.series.push_back(std::move(*fitted));
        }
      }
    }
    const std::string when =
        units.timed ? fmt::format("*t* = {:.4g} s", time) : fmt::format("frame {}", at.info.frame);
    for (Series& series : panel.series) {
      series.name += ", " + plain_text(when);
      if (!figure.panels.empty()) {
        series.label.clear();
      }
    }
    panel.notes = {when, fmt::format("*N* = {}", values.size())};
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

}  // namespace mote::report
