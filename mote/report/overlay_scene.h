#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/picture.h"
#include "mote/report/canvas.h"
#include "mote/report/overlay.h"

/// What the parts of an overlay share while one frame is drawn; nothing for users of the library.
namespace mote::report {

/// Which parts of the picture are written on already, in squares of 4 px: asking and marking cost
/// the same however much there is.
class Occupied {
 public:
  explicit Occupied(Size size) : marks_({size.height / 4 + 1, size.width / 4 + 1}), size_(size) {}

  bool free(Box box) const {
    return box.y >= 0 && box.x >= 0 && box.y_end() <= size_.height && box.x_end() <= size_.width &&
           each(box, [this](int64_t y, int64_t x) { return marks_(y, x) == 0; });
  }
  void mark(Box box) {
    each(box, [this](int64_t y, int64_t x) {
      marks_(y, x) = 1;
      return true;
    });
  }

 private:
  template <typename Function>
  bool each(Box box, Function function) const {
    for (int64_t y = std::max<int64_t>(0, box.y) / 4;
         y <= std::min(box.y_end() / 4, marks_.height() - 1); ++y) {
      for (int64_t x = std::max<int64_t>(0, box.x) / 4;
           x <= std::min(box.x_end() / 4, marks_.width() - 1); ++x) {
        if (!function(y, x)) {
          return false;
        }
      }
    }
    return true;
  }

  BinaryImage marks_;
  Size size_;
};

/// Everything that drawing one frame needs.
struct Scene {
  const OverlayOptions& options;
  const OverlayFrame& frame;
  double scale;
  double line_px;
  double font_px;
  Picture picture;
  Occupied occupied;

  Point at(Point p) const { return {(p.y_px + 0.5) * scale - 0.5, (p.x_px + 0.5) * scale - 0.5}; }
  double margin() const { return std::round(font_px * 0.9); }
};

/// Where a line of text lies whose first letter stands on `baseline`.
Box text_box(Point baseline, double width, double font_px);

void draw_outlines(Scene& scene, StrokeLayer& layer);
void draw_trails(const Scene& scene, StrokeLayer& layer);
void draw_ids(Scene& scene);
void draw_events(Scene& scene);
void draw_prompts(Scene& scene);

/// Draws what `draw` puts on a layer with `line`, and under it the same, wider and dark: a line
/// that shows on any ground.
void draw_with_halo(Picture& picture, const Stroke& line,
                    const std::function<void(StrokeLayer&, const Stroke&)>& draw);

/// A line of text, or a scale bar with its length, on a dark ground that lets it be read over
/// particles.
struct Plate {
  Box ground;
  std::string text;
  Point baseline;  ///< the middle of the text
  double font_px = 0;
  Box bar;  ///< of a scale bar; empty elsewhere
};

/// The scale bar, the clock and the frame's number, as far as the options ask for them.
std::vector<Plate> plates(const Scene& scene);
void draw_plate(Picture& picture, const Plate& plate);

}  // namespace mote::report
