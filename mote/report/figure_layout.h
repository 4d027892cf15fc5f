#pragma once

#include <functional>
#include <vector>

#include "mote/report/figure.h"

/// What the parts of drawing a figure share; nothing for users of the library.
namespace mote::report {

inline constexpr double kPointsPerMm = 72 / 25.4;
inline constexpr double kLabelPt = 8;  ///< names of axes
inline constexpr double kTickPt = 7;   ///< numbers, legend, notes
inline constexpr double kLinePt = 0.5;

/// A panel's frame on the drawing, and what its axes say.
struct PanelFrame {
  Place corner;  ///< upper left
  double width_pt = 0;
  double height_pt = 0;
  Range x;
  Range y;
  Scale x_scale = Scale::kLinear;
  Scale y_scale = Scale::kLinear;
  int x_exponent = 0;
  int y_exponent = 0;
  std::vector<Tick> x_ticks;
  std::vector<Tick> y_ticks;

  /// Where a point of the data lies; far outside, but finite, where a log axis cannot show it.
  Place at(double x_value, double y_value) const;
  double right() const { return corner.x_pt + width_pt; }
  double bottom() const { return corner.y_pt + height_pt; }
};

/// The panel's ranges and ticks for a frame of this size at (0, 0).
PanelFrame panel_frame(const Panel& panel, double width_pt, double height_pt);

/// Legend and notes of a panel, not yet placed: their size, and how to draw them at their upper
/// left corner.
struct Key {
  double width_pt = 0;
  double height_pt = 0;
  std::function<void(Layer&, Place)> draw;
};
Key panel_key(const Panel& panel);
/// The same in as few lines as fit into `width_pt`, for above the frame.
Key wide_key(const Panel& panel, double width_pt);

/// The corner of the panel, or the middle of its upper or lower side, where a key of this size
/// hides no data: its upper left corner; nothing where there is none.
std::optional<Place> free_place(const Panel& panel, const PanelFrame& frame, double width_pt,
                                double height_pt);

/// The curves and points of the panel.
void draw_series(const Panel& panel, const PanelFrame& frame, Layer& layer);

/// How a series looks in a legend, its middle at `at`.
void draw_sample(const Series& series, Place at, double width_pt, Layer& layer);

}  // namespace mote::report
