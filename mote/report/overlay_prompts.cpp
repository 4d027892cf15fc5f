#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "mote/report/colours.h"
#include "mote/report/overlay_scene.h"

namespace mote::report {
namespace {

// A cross that leaves open what it points at.
void draw_point(Point centre, double reach_px, StrokeLayer& layer, const Stroke& stroke) {
  const double open_px = 0.35 * reach_px;
  for (const auto& [y, x] : {std::pair{-1, 0}, {1, 0}, {0, -1}, {0, 1}}) {
    const auto at_distance = [&, y = y, x = x](double distance_px) {
      return centre + Point{y * distance_px, x * distance_px};
    };
    layer.line(at_distance(open_px), at_distance(reach_px), stroke);
  }
}

// Along the outer edges of the box's pixels; along the border of the picture inside it.
std::array<Point, 4> corners(const Scene& scene, const Box& box, double line_px) {
  const auto inside = [&](double position_px, int64_t length_px) {
    const double half = line_px / 2 - 0.5;
    const double last = static_cast<double>(length_px) - 1 - half;
    return std::min(std::max(position_px, half), std::max(half, last));
  };
  const auto corner = [&](int64_t y, int64_t x) {
    const Point at = scene.at({static_cast<double>(y) - 0.5, static_cast<double>(x) - 0.5});
    return Point{inside(at.y_px, scene.picture.height()), inside(at.x_px, scene.picture.width())};
  };
  return {corner(box.y, box.x), corner(box.y, box.x_end()), corner(box.y_end(), box.x_end()),
          corner(box.y_end(), box.x)};
}

}  // namespace

void draw_prompts(Scene& scene) {
  const OverlayFrame& frame = scene.frame;
  if (frame.prompt_points.empty() && frame.prompt_boxes.empty()) {
    return;
  }
  const double reach_px = 0.6 * scene.font_px;
  const Stroke line{.colour = prompt_colour(), .width_px = scene.line_px};
  draw_with_halo(scene.picture, line, [&](StrokeLayer& layer, const Stroke& stroke) {
    for (const Box& box : frame.prompt_boxes) {
      layer.polyline(corners(scene, box, line.width_px), stroke, true);
    }
    for (const Point point : frame.prompt_points) {
      draw_point(scene.at(point), reach_px, layer, stroke);
    }
  });
  for (const Point point : frame.prompt_points) {
    const Point centre = scene.at(point);
    scene.occupied.mark({.y = std::llround(centre.y_px - reach_px),
                         .x = std::llround(centre.x_px - reach_px),
                         .height = std::llround(2 * reach_px),
                         .width = std::llround(2 * reach_px)});
  }
}

}  // namespace mote::report
