#include "mote/report/figure.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "mote/measure/tables.h"
#include "mote/report/figure_layout.h"

namespace mote::report {
namespace {

constexpr double kMajorPt = 3;  // length of ticks
constexpr double kMinorPt = 1.6;
constexpr double kEdgePt = 3;               // free at the drawing's edge
constexpr double kTickGapPt = 2.5;          // between a frame and its numbers
constexpr double kFarPt = 1e4;              // where a place outside a log axis is put
constexpr double kNotePt = kTickPt * 1.15;  // a line below the names of categories
constexpr double kBetweenPt = 7;            // panels that share an axis

bool same_x(const Panel& a, const Panel& b) {
  return a.x.column == b.x.column && a.x.label == b.x.label && a.x.scale == b.x.scale;
}

Range given(Range range, const FigureAxis& axis) {
  return {axis.low.value_or(range.low), axis.high.value_or(range.high)};
}

std::vector<double> x_values(const Panel& panel) {
  std::vector<double> values;
  for (const Series& series : panel.series) {
    values.insert(values.end(), series.x.begin(), series.x.end());
  }
  return values;
}

std::vector<double> y_values(const Panel& panel) {
  std::vector<double> values;
  for (const Series& series : panel.series) {
    for (const auto* of : {&series.y, &series.low, &series.high}) {
      values.insert(values.end(), of->begin(), of->end());
    }
    if (series.style == SeriesStyle::kFilled) {
      values.push_back(0);
    }
  }
  return values;
}

std::vector<Tick> category_ticks(const std::vector<std::string>& names) {
  std::vector<Tick> ticks;
  ticks.reserve(names.size());
  for (const std::string& name : names) {
    ticks.push_back({static_cast<double>(ticks.size()), name});
  }
  return ticks;
}

void set_axis(const FigureAxis& axis, const std::vector<double>& values, double length_pt,
              double per_label_pt, Range& range, int& exponent, std::vector<Tick>& ticks) {
  if (!axis.categories.empty()) {
    range = {-0.5, static_cast<double>(axis.categories.size()) - 0.5};
    ticks = category_ticks(axis.categories);
    return;
  }
  range = given(axis_range(values, axis.scale), axis);
  const int most = std::max(2, static_cast<int>(length_pt / per_label_pt));
  if (axis.scale == Scale::kLog) {
    ticks = log_ticks(range, most);
  } else {
    exponent = axis_exponent(range);
    ticks = linear_ticks(range, most, exponent);
  }
}

// The name of an axis whose numbers are over a power of ten: `Sum (nm^{3})` -> `Sum (10^{3}
// nm^{3})`.
std::string axis_label(const FigureAxis& axis, int exponent) {
  if (exponent == 0) {
    return axis.label;
  }
  const std::string power =
      fmt::format("10^{{{}{}}}", exponent < 0 ? "\u2212" : "", std::abs(exponent));
  const size_t open = axis.label.rfind('(');
  return open == std::string::npos
             ? fmt::format("{} ({})", axis.label, power)
             : axis.label.substr(0, open + 1) + power + " " + axis.label.substr(open + 1);
}

double widest(const std::vector<Tick>& ticks) {
  double width = 0;
  for (const Tick& tick : ticks) {
    width = std::max(width, width_pt(markup(tick.label, kTickPt)));
  }
  return width;
}

void add_line(Layer& layer, Place from, Place to, double width = kLinePt) {
  layer.items.emplace_back(Shape{.places = {from, to}, .stroke = Pen{.width_pt = width}});
}

void add_centred(Layer& layer, const std::vector<TextRun>& runs, Place middle) {
  layer.items.emplace_back(
      Words{.place = {middle.x_pt - width_pt(runs) / 2, middle.y_pt}, .runs = runs});
}

void draw_x_axis(const Panel& panel, const PanelFrame& frame, bool labelled, Layer& layer) {
  const bool categories = !panel.x.categories.empty();
  for (const Tick& tick : frame.x_ticks) {
    const double x = frame.at(tick.at, frame.y.high).x_pt;
    const double length = tick.label.empty() ? kMinorPt : kMajorPt;
    add_line(layer, {x, frame.bottom()}, {x, frame.bottom() - length});
    if (!categories) {
      add_line(layer, {x, frame.corner.y_pt}, {x, frame.corner.y_pt + length});
    }
    if (labelled && !tick.label.empty()) {
      add_centred(layer, markup(tick.label, kTickPt),
                  {x, frame.bottom() + kTickGapPt + kTickPt * 0.75});
    }
  }
  double name_y = frame.bottom() + kTickGapPt + kTickPt * 1.1 + kLabelPt;
  for (size_t i = 0; labelled && i < panel.x.category_notes.size(); ++i) {
    add_centred(layer, markup(panel.x.category_notes[i], kTickPt),
                {frame.at(static_cast<double>(i), frame.y.high).x_pt,
                 frame.bottom() + kTickGapPt + kTickPt * 1.9});
  }
  name_y += panel.x.category_notes.empty() ? 0 : kNotePt;
  if (labelled) {
    add_centred(layer, markup(axis_label(panel.x, frame.x_exponent), kLabelPt),
                {frame.corner.x_pt + frame.width_pt / 2, name_y});
  }
}

void draw_y_axis(const Panel& panel, const PanelFrame& frame, Layer& layer) {
  for (const Tick& tick : frame.y_ticks) {
    const double y = frame.at(frame.x.high, tick.at).y_pt;
    const double length = tick.label.empty() ? kMinorPt : kMajorPt;
    add_line(layer, {frame.corner.x_pt, y}, {frame.corner.x_pt + length, y});
    add_line(layer, {frame.right(), y}, {frame.right() - length, y});
    if (!tick.label.empty()) {
      const std::vector<TextRun> runs = markup(tick.label, kTickPt);
      layer.items.emplace_back(
          Words{.place = {frame.corner.x_pt - kTickGapPt - width_pt(runs), y + kTickPt * 0.35},
                .runs = runs});
    }
  }
  const std::vector<TextRun> runs = markup(axis_label(panel.y, frame.y_exponent), kLabelPt);
  layer.items.emplace_back(
      Words{.place = {kEdgePt + kLabelPt * 0.8,
                      frame.corner.y_pt + frame.height_pt / 2 + width_pt(runs) / 2},
            .runs = runs,
            .upright = true});
}

void draw_panel(const Panel& panel, const PanelFrame& frame, bool x_labelled, Drawing& drawing) {
  Layer data{.clip = Layer::Clip{frame.corner, frame.width_pt, frame.height_pt}};
  draw_series(panel, frame, data);
  drawing.layers.push_back(std::move(data));
  Layer axes;
  axes.items.emplace_back(Shape{.places = {frame.corner,
                                           {frame.right(), frame.corner.y_pt},
                                           {frame.right(), frame.bottom()},
                                           {frame.corner.x_pt, frame.bottom()}},
                                .closed = true,
                                .stroke = Pen{.width_pt = kLinePt}});
  draw_x_axis(panel, frame, x_labelled, axes);
  draw_y_axis(panel, frame, axes);
  drawing.layers.push_back(std::move(axes));
}

// Panels that share their x axis get the same range.
std::vector<Panel> aligned(std::vector<Panel> panels) {
  for (size_t first = 0; first < panels.size();) {
    size_t last = first + 1;
    std::vector<double> values = x_values(panels[first]);
    for (; last < panels.size() && same_x(panels[first], panels[last]); ++last) {
      const std::vector<double> more = x_values(panels[last]);
      values.insert(values.end(), more.begin(), more.end());
    }
    const Range range = given(axis_range(values, panels[first].x.scale), panels[first].x);
    for (; first < last; ++first) {
      if (panels[first].x.categories.empty()) {
        panels[first].x.low = range.low;
        panels[first].x.high = range.high;
      }
    }
  }
  return panels;
}

// Columns of the CSV, each once.
std::vector<std::string> csv_columns(const Figure& figure) {
  std::vector<std::string> columns;
  const auto add = [&columns](const std::string& name) {
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) {
      columns.push_back(name);
    }
  };
  for (const Panel& panel : figure.panels) {
    const bool band = std::any_of(panel.series.begin(), panel.series.end(),
                                  [](const Series& series) { return !series.low.empty(); });
    add(panel.x.column);
    add(panel.y.column);
    if (band) {
      add(panel.y.column + "_low");
      add(panel.y.column + "_high");
    }
  }
  return columns;
}

std::string csv_value(const FigureAxis& axis, double value) {
  const auto index = static_cast<size_t>(std::max(0L, std::lround(value)));
  if (index < axis.categories.size()) {
    return measure::text(plain_text(axis.categories[index]));
  }
  return measure::text(value);
}

}  // namespace

Rgb rgb(FigureColour colour) {
  switch (colour) {
    case FigureColour::kBlack: return {0, 0, 0};
    case FigureColour::kBlue: return {0, 114, 178};
    case FigureColour::kVermillion: return {213, 94, 0};
    case FigureColour::kGreen: return {0, 158, 115};
    case FigureColour::kPurple: return {204, 121, 167};
    case FigureColour::kOrange: return {230, 159, 0};
    case FigureColour::kSkyBlue: return {86, 180, 233};
    case FigureColour::kGrey: return {120, 120, 120};
    case FigureColour::kLightGrey: return {190, 190, 190};
  }
  return {0, 0, 0};
}

Place PanelFrame::at(double x_value, double y_value) const {
  const auto part = [](double value, Range range, Scale scale) {
    if (scale == Scale::kLinear) {
      return (value - range.low) / (range.high - range.low);
    }
    return value > 0 ? std::log(value / range.low) / std::log(range.high / range.low) : -kFarPt;
  };
  const auto near = [](double points) { return std::clamp(points, -kFarPt, kFarPt); };
  return {near(corner.x_pt + width_pt * part(x_value, x, x_scale)),
          near(corner.y_pt + height_pt * (1 - part(y_value, y, y_scale)))};
}

PanelFrame panel_frame(const Panel& panel, double width_pt, double height_pt) {
  constexpr double kPerXLabelPt = 32;
  constexpr double kPerYLabelPt = 20;
  PanelFrame frame{.width_pt = width_pt,
                   .height_pt = height_pt,
                   .x_scale = panel.x.scale,
                   .y_scale = panel.y.scale};
  set_axis(panel.x, x_values(panel), width_pt, kPerXLabelPt, frame.x, frame.x_exponent,
           frame.x_ticks);
  set_axis(panel.y, y_values(panel), height_pt, kPerYLabelPt, frame.y, frame.y_exponent,
           frame.y_ticks);
  return frame;
}

Drawing draw(const Figure& figure) {
  const double width_mm = figure.width == FigureWidth::kSingle ? kSingleColumnMm : kDoubleColumnMm;
  Drawing drawing{.width_pt = width_mm * kPointsPerMm, .title = figure.caption};
  const std::vector<Panel> panels = aligned(figure.panels);
  double left = 0;
  for (const Panel& panel : panels) {
    left = std::max(left, widest(panel_frame(panel, 200, panel.height_mm * kPointsPerMm).y_ticks));
  }
  left += kEdgePt + kLabelPt * 1.15 + 2 + kTickGapPt;
  const double right = kEdgePt + kTickPt;
  double y = kEdgePt + kTickPt * 0.4;
  for (size_t i = 0; i < panels.size(); ++i) {
    const Panel& panel = panels[i];
    PanelFrame frame =
        panel_frame(panel, drawing.width_pt - left - right, panel.height_mm * kPointsPerMm);
    const bool shares = i + 1 < panels.size() && same_x(panel, panels[i + 1]);
    frame.corner = {left, y};
    Key key = panel_key(panel);
    std::optional<Place> place = free_place(panel, frame, key.width_pt, key.height_pt);
    if (!place) {
      constexpr double kAbovePt = 2;
      key = wide_key(panel, frame.width_pt);
      place = Place{left, y};
      frame.corner.y_pt += key.height_pt + kAbovePt;
    }
    draw_panel(panel, frame, !shares, drawing);
    Layer text;
    key.draw(text, *place);
    drawing.layers.push_back(std::move(text));
    y = frame.bottom() + (shares ? kBetweenPt : kTickGapPt + kTickPt * 1.1 + kLabelPt * 1.4);
    y += panel.x.category_notes.empty() ? 0 : kNotePt;
    y += i + 1 < panels.size() && !shares ? kBetweenPt : 0;
  }
  drawing.height_pt = y + kEdgePt - 1;
  return drawing;
}

std::string csv(const Figure& figure) {
  const std::vector<std::string> columns = csv_columns(figure);
  std::string out = "series";
  for (const std::string& column : columns) {
    out += "," + column;
  }
  out += "\n";
  for (const Panel& panel : figure.panels) {
    for (const Series& series : panel.series) {
      for (size_t i = 0; i < series.x.size(); ++i) {
        if (!std::isfinite(series.x[i]) || !std::isfinite(series.y[i])) {
          continue;
        }
        out += measure::text(series.name);
        for (const std::string& column : columns) {
          out += ",";
          if (column == panel.x.column) {
            out += csv_value(panel.x, series.x[i]);
          } else if (column == panel.y.column) {
            out += csv_value(panel.y, series.y[i]);
          } else if (!series.low.empty() && column == panel.y.column + "_low") {
            out += measure::text(series.low[i]);
          } else if (!series.low.empty() && column == panel.y.column + "_high") {
            out += measure::text(series.high[i]);
          }
        }
        out += "\n";
      }
    }
  }
  return out;
}

}  // namespace mote::report
