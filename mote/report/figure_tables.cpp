#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "mote/report/figure_set.h"

namespace mote::report {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// At most so many of the rows, evenly spread, and the last one.
template <typename Row>
std::vector<const Row*> thinned(std::span<const Row> rows, int64_t most) {
  const size_t stride = std::max<size_t>(
      1, (rows.size() + static_cast<size_t>(most) - 1) / static_cast<size_t>(most));
  std::vector<const Row*> kept;
  for (size_t i = 0; i < rows.size(); i += stride) {
    kept.push_back(&rows[i]);
  }
  if (!rows.empty() && kept.back() != &rows.back()) {
    kept.push_back(&rows.back());
  }
  return kept;
}

double percentile(std::vector<double> values, double percent) {
  std::sort(values.begin(), values.end());
  const double rank = percent / 100 * static_cast<double>(values.size() - 1);
  return values[static_cast<size_t>(std::lround(rank))];
}

struct Count {
  const char* name;
  FigureColour colour;
  int64_t measure::Budget::*member;
};
constexpr std::array<Count, 7> kCounts = {
    {{"merged", FigureColour::kBlue, &measure::Budget::merged},
     {"dissolved", FigureColour::kVermillion, &measure::Budget::dissolved},
     {"nucleated", FigureColour::kGreen, &measure::Budget::nucleated},
     {"entered", FigureColour::kSkyBlue, &measure::Budget::entered},
     {"left", FigureColour::kPurple, &measure::Budget::left},
     {"split", FigureColour::kBlack, &measure::Budget::split},
     {"unresolved", FigureColour::kOrange, &measure::Budget::unresolved}}};

constexpr std::array<FigureColour, 3> kThirds = {FigureColour::kBlue, FigureColour::kVermillion,
                                                 FigureColour::kGreen};

}  // namespace

std::optional<Figure> budget_figure(std::span<const measure::BudgetRow> rows,
                                    const FigureUnits& units, int64_t most_frames) {
  if (rows.size() < 2) {
    return std::nullopt;
  }
  const auto kept = thinned(rows, most_frames);
  Panel number{.x = units.time(), .y = {.label = "Number of particles", .column = "n", .low = 0}};
  number.height_mm = 34;
  Series field{.name = "field", .label = "field", .style = SeriesStyle::kSteps};
  Series window{.name = "common window",
                .label = "common window",
                .style = SeriesStyle::kSteps,
                .colour = FigureColour::kBlue};
  for (const measure::BudgetRow* row : kept) {
    const double time = units.time_of(row->info);
    field.x.push_back(time);
    field.y.push_back(static_cast<double>(row->budget.n));
    if (row->conserved) {
      window.x.push_back(time);
      window.y.push_back(static_cast<double>(row->conserved->particles));
    }
  }
  number.series = {field};
  if (!window.x.empty()) {
    number.series.push_back(window);
  }
  Panel change{.x = units.time(),
               .y = {.label = "Cumulative number", .column = "cumulative_n"},
               .height_mm = 40};
  for (const Count& count : kCounts) {
    Series series{.name = count.name,
                  .label = count.name,
                  .style = SeriesStyle::kSteps,
                  .colour = count.colour};
    for (const measure::BudgetRow* row : kept) {
      series.x.push_back(units.time_of(row->info));
      series.y.push_back(static_cast<double>(row->budget.*count.member));
    }
    if (std::any_of(series.y.begin(), series.y.end(), [](double y) { return y != 0; })) {
      change.series.push_back(std::move(series));
    }
  }
  Figure figure{.name = "budget",
                .caption = "Number of particles, and what changed it since the first frame.",
                .panels = {number}};
  if (!change.series.empty()) {
    figure.panels.push_back(std::move(change));
  }
  return figure;
}

std::optional<Figure> conservation_figure(std::span<const measure::BudgetRow> rows,
                                          const FigureUnits& units, int64_t most_frames) {
  Series volume{.name = "common window", .colour = FigureColour::kBlue};
  Series intensity{.name = "common window", .colour = FigureColour::kVermillion};
  double sum = 0;
  for (const measure::BudgetRow* row : thinned(rows, most_frames)) {
    if (row->conserved && row->conserved->particles > 0) {
      volume.x.push_back(units.time_of(row->info));
      volume.y.push_back(row->conserved->volume_px3 * std::pow(units.per_pixel, 3));
      intensity.y.push_back(row->conserved->intensity);
      sum += row->conserved->intensity;
    }
  }
  if (volume.x.size() < 2) {
    return std::nullopt;
  }
  intensity.x = volume.x;
  const bool dark = sum < 0;  // particles darker than their background
  for (double& value : intensity.y) {
    value = dark ? -value : value;
  }
  const Panel volumes{.x = units.time(),
                      .y = {.label = fmt::format("Sum of *d*^{{3}} ({}^{{3}})", units.length),
                            .column = fmt::format("d3_sum_{}3", units.length_ascii),
                            .low = 0},
                      .series = {volume},
                      .height_mm = 34};
  const Panel intensities{
      .x = units.time(),
      .y = {.label = "Signal (grey px^{2})",
            .column = dark ? "background_less_intensity" : "intensity_less_background",
            .low = 0},
      .series = {intensity},
      .height_mm = 34};
  return Figure{.name = "conservation",
                .caption =
                    "Sum of the cubed diameters, and of the intensity above or below the "
                    "background, of the particles in the common specimen window.",
                .panels = {volumes, intensities}};
}

std::optional<Figure> rates_figure(std::span<const measure::RateRow> rows, const FigureUnits& units,
                                   int64_t most_points) {
  if (rows.empty()) {
    return std::nullopt;
  }
  const bool timed = rows.front().units.interval_s.has_value();
  const double per_rate = units.per_pixel / rows.front().units.interval_s.value_or(1);
  const std::string per = timed ? "s" : "frame";
  Panel panel{.x = {.label = fmt::format("Radius *r* ({})", units.length),
                    .column = "radius_" + units.length_ascii},
              .y = {.label = fmt::format("d*r*/d*t* ({}/{})", units.length, per),
                    .column = fmt::format("dr_dt_{}_per_{}", units.length_ascii, per)},
              .height_mm = 56};
  const auto last_bin =
      std::max_element(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return a.bin < b.bin;
      })->bin;
  constexpr std::array<const char*, 3> kNames = {"first third", "second third", "last third"};
  std::array<Series, 3> thirds;
  std::array<std::vector<measure::Interval>, 3> critical;
  std::vector<double> all;
  for (const measure::RateRow* row : thinned(rows, most_points)) {
    const auto third = static_cast<size_t>(3 * row->bin / (last_bin + 1));
    thirds.at(third).x.push_back(row->radius_px * units.per_pixel);
    thirds.at(third).y.push_back(row->rate * per_rate);
    all.push_back(row->rate * per_rate);
    if (row->critical_radius_px) {
      critical.at(third).push_back(*row->critical_radius_px);
    }
  }
  // A few wild rates would flatten all others.
  const double low = percentile(all, 1);
  const double high = percentile(all, 99);
  const double room = std::max(high - low, 1e-12) * 0.25;
  panel.y.low = std::min(low, 0.0) - room;
  panel.y.high = std::max(high, 0.0) + room;
  const auto beyond = std::count_if(all.begin(), all.end(), [&panel](double rate) {
    return rate < *panel.y.low || rate > *panel.y.high;
  });
  for (size_t i = 0; i < thirds.size(); ++i) {
    Series& series = thirds.at(i);
    if (series.x.empty()) {
      continue;
    }
    series.name = kNames.at(i);
    series.label = kNames.at(i);
    series.style = SeriesStyle::kMarks;
    series.symbol = std::array{Symbol::kDisc, Symbol::kSquare, Symbol::kTriangle}.at(i);
    series.colour = kThirds.at(i);
    series.opacity = 0.6;
    if (!critical.at(i).empty()) {
      std::vector<measure::Interval>& of_bins = critical.at(i);
      const auto middle = of_bins.begin() + static_cast<int64_t>(of_bins.size() / 2);
      std::nth_element(of_bins.begin(), middle, of_bins.end(),
                       [](const auto& a, const auto& b) { return a.value < b.value; });
      const double at = middle->value * units.per_pixel;
      series.label +=
          fmt::format(", *r*\\* = {:.2f} ({:.2f}\u2013{:.2f}) {}", at,
                      middle->low * units.per_pixel, middle->high * units.per_pixel, units.length);
      panel.series.push_back({.name = fmt::format("critical radius, {}", kNames.at(i)),
                              .colour = kThirds.at(i),
                              .dashed = true,
                              .x = {at, at},
                              .y = {*panel.y.low, *panel.y.high}});
    }
    panel.series.push_back(std::move(series));
  }
  std::vector<double> radii;
  for (const Series& series : panel.series) {
    radii.insert(radii.end(), series.x.begin(), series.x.end());
  }
  const Range range = axis_range(radii, Scale::kLinear);
  panel.series.insert(panel.series.begin(), Series{.name = "zero",
                                                   .colour = FigureColour::kLightGrey,
                                                   .width_pt = 0.5,
                                                   .x = {range.low, range.high},
                                                   .y = {0, 0}});
  panel.x.low = range.low;
  panel.x.high = range.high;
  panel.notes = {fmt::format("*N* = {}{}", all.size(),
                             beyond > 0 ? fmt::format(", {} beyond the axis", beyond) : "")};
  return Figure{.name = "rates",
                .caption = "Growth rate of every particle in every time bin against its radius.",
                .panels = {panel}};
}

std::optional<Figure> survival_figure(std::span<const measure::SurvivalRow> rows,
                                      const FigureUnits& units, double end) {
  const bool any = std::any_of(rows.begin(), rows.end(), [](const measure::SurvivalRow& row) {
    return row.step.dissolved > 0;
  });
  if (!any) {
    return std::nullopt;
  }
  Panel panel{.x = units.time(),
              .y = {.label = "Share that survives", .column = "survival", .low = 0, .high = 1.04}};
  for (const measure::SurvivalRow& row : rows) {
    const std::string name = fmt::format("size class {}", row.size_class);
    if (panel.series.empty() || panel.series.back().name != name) {
      panel.series.push_back({.name = name,
                              .label = fmt::format("*r*_{{0}} = {:.2g}\u2013{:.2g} {}, *N* = {}",
                                                   row.least_radius_px * units.per_pixel,
                                                   row.greatest_radius_px * units.per_pixel,
                                                   units.length, row.n_tracks),
                              .style = SeriesStyle::kSteps,
                              .colour = kThirds.at(panel.series.size() % kThirds.size())});
    }
    Series& series = panel.series.back();
    series.x.push_back(units.timed ? row.time_s.value_or(kNan) : static_cast<double>(row.frame));
    series.y.push_back(row.step.survival);
    const bool none_left = row.step.survival <= 0;  // Greenwood's error says nothing any more
    series.low.push_back(none_left ? kNan : row.step.low);
    series.high.push_back(none_left ? kNan : row.step.high);
  }
  for (Series& series : panel.series) {  // level to the end of the recording
    if (series.x.back() < end) {
      series.x.push_back(end);
      series.y.push_back(series.y.back());
      series.low.push_back(series.low.back());
      series.high.push_back(series.high.back());
    }
  }
  return Figure{.name = "survival",
                .caption =
                    "Share of particles that have not dissolved, by first radius, with 95 % "
                    "intervals (Kaplan and Meier).",
                .panels = {panel}};
}

std::optional<Figure> msd_figure(std::span<const measure::MsdRow> rows, const FigureUnits& units) {
  if (rows.empty()) {
    return std::nullopt;
  }
  const std::optional<double> interval_s = rows.front().interval_s;
  const double per_area = units.per_pixel * units.per_pixel;
  Panel panel{.x = {.label = interval_s ? "Lag (s)" : "Lag (frames)",
                    .column = interval_s ? "lag_s" : "lag_frames",
                    .scale = Scale::kLog},
              .y = {.label = fmt::format("Mean squared displacement ({}^{{2}})", units.length),
                    .column = fmt::format("msd_{}2", units.length_ascii),
                    .scale = Scale::kLog},
              .height_mm = 56};
  for (const measure::MsdRow& row : rows) {
    if (panel.series.empty() || panel.series.back().name != row.of) {
      const bool track = row.of == "track";
      panel.series.push_back(
          {.name = row.of,
           .label = fmt::format("{}, *N* = {}", track ? "tracks" : "pairs, halved", row.n_tracks),
           .colour = track ? FigureColour::kBlue : FigureColour::kVermillion});
    }
    Series& series = panel.series.back();
    series.x.push_back(static_cast<double>(row.lag_intervals) * interval_s.value_or(1));
    series.y.push_back(row.msd_px2 * per_area);
    series.low.push_back(row.low_px2 ? *row.low_px2 * per_area : kNan);
    series.high.push_back(row.high_px2 ? *row.high_px2 * per_area : kNan);
  }
  const Series& first = panel.series.front();
  panel.series.insert(
      panel.series.begin(),
      Series{.name = "slope 1",
             .label = "slope 1",
             .colour = FigureColour::kGrey,
             .width_pt = 0.5,
             .dashed = true,
             .x = {first.x.front(), first.x.back()},
             .y = {first.y.front(), first.y.front() * first.x.back() / first.x.front()}});
  return Figure{.name = "msd",
                .caption =
                    "Mean squared displacement of tracks, and half of that of neighbours "
                    "against one another, with 95 % intervals.",
                .panels = {panel}};
}

}  // namespace mote::report
