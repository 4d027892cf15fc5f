#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "mote/report/figure_set.h"

namespace mote::report {
namespace {

using measure::NeckCurve;
using measure::NeckFitRow;
using measure::NeckPoint;

constexpr double kFitted = 0.3;  // x/r up to which the law is fitted and guides are drawn
constexpr std::array<FigureColour, measure::kNeckExponents.size()> kGuideColours = {
    FigureColour::kVermillion, FigureColour::kOrange, FigureColour::kGreen, FigureColour::kSkyBlue,
    FigureColour::kPurple};

// The contact lies between two frames: half a frame before the one in which it is seen.
struct Times {
  double lead = 0.5;
  double least = 0;  // of a point
  // At which pairs come to kFitted: of their last points up to it, the median; nothing where none
  // has a point so low.
  std::optional<double> at_fitted;
};

Times times_of(const FigureTables& tables, double interval) {
  Times times{.lead = interval / 2, .least = interval / 2};
  std::vector<double> last;
  double least = 0;
  for (const NeckCurve& curve : tables.necks) {
    double at = 0;
    for (const NeckPoint& point : curve.points) {
      const double time = point.time + times.lead;
      if (time > 0) {
        least = least > 0 ? std::min(least, time) : time;
        at = point.ratio <= kFitted ? time : at;
      }
    }
    if (at > 0) {
      last.push_back(at);
    }
  }
  times.least = least > 0 ? least : times.least;
  std::sort(last.begin(), last.end());
  if (!last.empty()) {
    times.at_fitted = last[last.size() / 2];
  }
  return times;
}

Series guide(const std::string& name, double exponent, FigureColour colour, double from,
             double to) {
  const double start = std::min(from, to / 2);
  return {.name = name,
          .label = name,
          .colour = colour,
          .width_pt = 0.5,
          .dashed = true,
          .x = {start, to},
          .y = {kFitted * std::pow(start / to, exponent), kFitted}};
}

std::vector<std::string> statement(const FigureTables& tables) {
  std::vector<std::string> lines = {fmt::format("*N* = {} pairs", tables.necks.size())};
  if (tables.neck_fits.empty()) {
    return lines;
  }
  const NeckFitRow& all = tables.neck_fits.front();
  if (all.exponent && all.low && all.high) {
    lines.push_back(
        fmt::format("*a* = {:.3f} ({:.3f}\u2013{:.3f})", *all.exponent, *all.low, *all.high));
  }
  if (all.verdict.starts_with("a not determined")) {
    lines.emplace_back("*a* not determined");
  }
  return lines;
}

}  // namespace

std::optional<Figure> necks_figure(const FigureTables& tables, int64_t most_points) {
  if (tables.necks.empty()) {
    return std::nullopt;
  }
  const std::optional<double> interval_s =
      tables.neck_fits.empty() ? std::nullopt : tables.neck_fits.front().interval_s;
  const bool timed = tables.necks_timed;
  const Times times = times_of(tables, timed ? interval_s.value_or(1) : 1);
  Panel panel{.x = {.label = timed ? "Time since contact (s)" : "Frames since contact",
                    .column = timed ? "since_contact_s" : "since_contact_frames",
                    .scale = Scale::kLog},
              .y = {.label = "Neck ratio *x*/*r*", .column = "neck_ratio", .scale = Scale::kLog},
              .notes = statement(tables),
              .height_mm = 58};
  int64_t points = 0;
  for (const NeckCurve& curve : tables.necks) {
    points += std::ssize(curve.points);
  }
  const auto stride = static_cast<size_t>(
      std::max<int64_t>(1, (points + most_points - 1) / std::max<int64_t>(1, most_points)));
  for (const NeckCurve& curve : tables.necks) {
    Series series{.name = fmt::format("tracks {};{}", curve.tracks.at(0), curve.tracks.at(1)),
                  .label = panel.series.empty() ? "pairs" : "",
                  .style = SeriesStyle::kMarks,
                  .colour = FigureColour::kGrey,
                  .opacity = 0.45};
    for (size_t i = 0; i < curve.points.size(); i += stride) {
      series.x.push_back(curve.points[i].time + times.lead);
      series.y.push_back(curve.points[i].ratio);
    }
    panel.series.push_back(std::move(series));
  }
  for (size_t i = 0; times.at_fitted && i < measure::kNeckExponents.size(); ++i) {
    const measure::NeckExponent& exponent = measure::kNeckExponents.at(i);
    panel.series.push_back(guide(fmt::format("*a* = {}", exponent.text), exponent.value,
                                 kGuideColours.at(i), times.least, *times.at_fitted));
    panel.series.back().name = fmt::format("guide {}", exponent.text);
  }
  std::string verdict;
  if (!tables.neck_fits.empty()) {
    const NeckFitRow& all = tables.neck_fits.front();
    verdict = " Of all pairs: " + all.verdict + ".";
    if (all.exponent && times.at_fitted) {
      Series fit = guide("fit", *all.exponent, FigureColour::kBlack, times.least, *times.at_fitted);
      fit.label = "fit";
      fit.dashed = false;
      fit.width_pt = 0.8;
      panel.series.push_back(std::move(fit));
    }
  }
  return Figure{
      .name = "necks",
      .caption = std::string("Neck ratio of every pair against time since contact") +
                 (times.at_fitted ? ", with the classical exponents as guides that end at 0.3, "
                                    "up to which the law is fitted."
                                  : "; none was seen up to 0.3, where the classical laws hold.") +
                 verdict,
      .panels = {panel}};
}

}  // namespace mote::report
