#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mote/report/axis.h"
#include "mote/report/drawing.h"

namespace mote::report {

/// Widths of columns of journals.
enum class FigureWidth { kSingle, kDouble };
inline constexpr double kSingleColumnMm = 85;
inline constexpr double kDoubleColumnMm = 180;

/// Colours of a figure: Okabe and Ito, "Color Universal Design", 2008 (jfly.uni-koeln.de/color),
/// which stay apart for every common kind of colour vision; and two greys.
enum class FigureColour {
  kBlack,
  kBlue,
  kVermillion,
  kGreen,
  kPurple,
  kOrange,
  kSkyBlue,
  kGrey,
  kLightGrey,
};
Rgb rgb(FigureColour colour);

struct FigureAxis {
  std::string label;   ///< markup, with its unit: `Time (s)`; may be empty where `shown` is false
  std::string column;  ///< of the CSV, with its unit: `time_s`
  Scale scale = Scale::kLinear;
  std::optional<double> low;  ///< of the range; else as the data ask
  std::optional<double> high;
  std::vector<std::string> categories;      ///< names of 0, 1, ... in place of numbers
  std::vector<std::string> category_notes;  ///< markup below them; may be empty
};

enum class SeriesStyle {
  kLine,
  kSteps,   ///< level from each point to the next
  kMarks,   ///< with whiskers from low to high
  kFilled,  ///< steps, filled down to 0
};

/// One curve or cloud of points. A value that is not finite breaks the curve.
struct Series {
  std::string name;   ///< in the CSV
  std::string label;  ///< markup in the legend; no entry where empty
  SeriesStyle style = SeriesStyle::kLine;
  FigureColour colour = FigureColour::kBlack;
  Symbol symbol = Symbol::kDisc;
  double width_pt = 0.8;  ///< of the line
  double opacity = 1;
  bool dashed = false;
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> low;  ///< of the 95 % band; empty where there is none
  std::vector<double> high;
};

/// A frame with axes.
struct Panel {
  FigureAxis x;
  FigureAxis y;
  std::vector<Series> series;      ///< drawn in this order
  std::vector<std::string> notes;  ///< markup, a line each, beside the legend: `*N* = 312`
  double height_mm = 52;           ///< of the frame
};

/// Panels one over another; where neighbours share their x axis, it is labelled once.
struct Figure {
  std::string name;     ///< of its files: `radii`
  std::string caption;  ///< one sentence, for pages and metadata; not drawn
  FigureWidth width = FigureWidth::kSingle;
  std::vector<Panel> panels;
};

/// The figure as journals ask for: letters of 7 and 8 pt, lines of 0.5 pt and more, ticks inside,
/// no title. Legend and notes stand where no data are, or else above the frame.
Drawing draw(const Figure& figure);

/// Exactly what is drawn: a row a point, `series` first, then the columns of the axes, with `_low`
/// and `_high` of bands. A point that lies outside its axis is in it as well.
std::string csv(const Figure& figure);

}  // namespace mote::report
