#include <algorithm>
#include <cmath>

#include "mote/report/figure_layout.h"

namespace mote::report {
namespace {

constexpr double kBandOpacity = 0.22;
constexpr double kMarkPt = 2.8;

Pen pen_of(const Series& series) {
  Pen pen{.ink = {rgb(series.colour), series.opacity}, .width_pt = series.width_pt};
  if (series.dashed) {
    pen.dash_pt = {2.5, 1.8};
  }
  return pen;
}

bool shown(const PanelFrame& frame, double x, double y) {
  return std::isfinite(x) && std::isfinite(y) && (frame.x_scale == Scale::kLinear || x > 0) &&
         (frame.y_scale == Scale::kLinear || y > 0);
}

// The series in pieces without gaps: index ranges [first, last).
std::vector<std::pair<size_t, size_t>> pieces(const Series& series, const PanelFrame& frame,
                                              const std::vector<double>& y) {
  std::vector<std::pair<size_t, size_t>> found;
  size_t first = 0;
  for (size_t i = 0; i <= series.x.size(); ++i) {
    if (i == series.x.size() || !shown(frame, series.x[i], y[i])) {
      if (first < i) {
        found.emplace_back(first, i);
      }
      first = i + 1;
    }
  }
  return found;
}

// The places of a piece of a curve, with the corners of steps.
std::vector<Place> curve(const Series& series, const PanelFrame& frame,
                         const std::vector<double>& y, std::pair<size_t, size_t> piece) {
  const bool steps = series.style == SeriesStyle::kSteps || series.style == SeriesStyle::kFilled;
  std::vector<Place> places;
  for (size_t i = piece.first; i < piece.second; ++i) {
    if (steps && i > piece.first) {
      places.push_back(frame.at(series.x[i], y[i - 1]));
    }
    places.push_back(frame.at(series.x[i], y[i]));
  }
  return places;
}

void draw_band(const Series& series, const PanelFrame& frame, Layer& layer) {
  std::vector<double> both(series.x.size());
  std::transform(series.low.begin(), series.low.end(), series.high.begin(), both.begin(),
                 [&frame](double low, double high) {
                   const bool log = frame.y_scale == Scale::kLog;
                   return log && low <= 0 ? low : low + high;  // breaks where either lacks
                 });
  for (const auto& piece : pieces(series, frame, both)) {
    std::vector<Place> outline = curve(series, frame, series.low, piece);
    const std::vector<Place> upper = curve(series, frame, series.high, piece);
    outline.insert(outline.end(), upper.rbegin(), upper.rend());
    layer.items.emplace_back(Shape{.places = std::move(outline),
                                   .closed = true,
                                   .fill = Ink{rgb(series.colour), kBandOpacity}});
  }
}

void draw_whiskers(const Series& series, const PanelFrame& frame, Layer& layer) {
  for (size_t i = 0; i < series.low.size(); ++i) {
    if (shown(frame, series.x[i], series.low[i]) && shown(frame, series.x[i], series.high[i])) {
      layer.items.emplace_back(Shape{
          .places = {frame.at(series.x[i], series.low[i]), frame.at(series.x[i], series.high[i])},
          .stroke = Pen{.ink = {rgb(series.colour), series.opacity}, .width_pt = kLinePt}});
    }
  }
}

void draw_marks(const Series& series, const PanelFrame& frame, Layer& layer) {
  draw_whiskers(series, frame, layer);
  Symbols symbols{.symbol = series.symbol, .size_pt = kMarkPt};
  const Ink ink{rgb(series.colour), series.opacity};
  if (series.symbol == Symbol::kCross) {
    symbols.stroke = Pen{.ink = ink, .width_pt = 0.6};
  } else {
    symbols.fill = ink;
  }
  for (size_t i = 0; i < series.x.size(); ++i) {
    if (shown(frame, series.x[i], series.y[i])) {
      symbols.places.push_back(frame.at(series.x[i], series.y[i]));
    }
  }
  layer.items.emplace_back(std::move(symbols));
}

}  // namespace

void draw_series(const Panel& panel, const PanelFrame& frame, Layer& layer) {
  for (const Series& series : panel.series) {
    if (series.style != SeriesStyle::kMarks && !series.low.empty()) {
      draw_band(series, frame, layer);
    }
  }
  for (const Series& series : panel.series) {
    if (series.style == SeriesStyle::kMarks) {
      draw_marks(series, frame, layer);
      continue;
    }
    for (const auto& piece : pieces(series, frame, series.y)) {
      Shape line{.places = curve(series, frame, series.y, piece), .stroke = pen_of(series)};
      if (series.style == SeriesStyle::kFilled) {
        Shape ground{.places = line.places, .closed = true};
        ground.places.push_back({ground.places.back().x_pt, frame.bottom()});
        ground.places.push_back({ground.places.front().x_pt, frame.bottom()});
        ground.fill = Ink{rgb(series.colour), kBandOpacity};
        layer.items.emplace_back(std::move(ground));
      }
      layer.items.emplace_back(std::move(line));
    }
  }
}

void draw_sample(const Series& series, Place at, double width_pt, Layer& layer) {
  const Ink ink{rgb(series.colour), 1};
  const double half = width_pt / 2;
  if (series.style == SeriesStyle::kMarks) {
    Symbols symbols{.places = {at}, .symbol = series.symbol, .size_pt = kMarkPt};
    if (series.symbol == Symbol::kCross) {
      symbols.stroke = Pen{.ink = ink, .width_pt = 0.6};
    } else {
      symbols.fill = ink;
    }
    layer.items.emplace_back(std::move(symbols));
    return;
  }
  if (!series.low.empty() || series.style == SeriesStyle::kFilled) {
    const double thick = kTickPt * 0.3;
    layer.items.emplace_back(Shape{.places = {{at.x_pt - half, at.y_pt - thick},
                                              {at.x_pt + half, at.y_pt - thick},
                                              {at.x_pt + half, at.y_pt + thick},
                                              {at.x_pt - half, at.y_pt + thick}},
                                   .closed = true,
                                   .fill = Ink{ink.colour, kBandOpacity}});
  }
  Pen pen = pen_of(series);
  pen.ink.opacity = 1;
  layer.items.emplace_back(
      Shape{.places = {{at.x_pt - half, at.y_pt}, {at.x_pt + half, at.y_pt}}, .stroke = pen});
}

}  // namespace mote::report
