#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "mote/report/overlay_scene.h"

namespace mote::report {
namespace {

// Is it one of those that change who is who? They are marked before births and deaths.
bool is_meeting(EventType type) {
  return type == EventType::kContact || type == EventType::kOverlap || type == EventType::kParted ||
         type == EventType::kAggregation || type == EventType::kCoalescence ||
         type == EventType::kUnresolved || type == EventType::kSplit;
}

struct Marker {
  const Event* event;
  Point centre;
  double radius_px;
  double opacity;
};

using SizeByTrack = std::unordered_map<int32_t, double>;

Marker marker_of(const Scene& scene, const SizeByTrack& sizes, const Event& event) {
  double ecd = 0;
  for (const std::vector<int32_t>& ids : {event.tracks, event.children}) {
    for (const int32_t id : ids) {
      const auto size = sizes.find(id);
      if (size != sizes.end()) {
        ecd = ecd == 0 ? size->second : std::min(ecd, size->second);
      }
    }
  }
  const bool between = event.type == EventType::kContact || event.type == EventType::kOverlap ||
                       event.type == EventType::kParted || event.type == EventType::kAggregation;
  const double out_px = ecd * scene.scale;
  const double wanted = between ? 0.3 * out_px : 0.5 * out_px + 0.45 * scene.font_px;
  const auto away = static_cast<double>(std::abs(scene.frame.index - event.frame));
  const auto shown = static_cast<double>(std::max<int64_t>(1, scene.options.event_frames));
  return {&event, scene.at(event.position), std::max(0.7 * scene.font_px, wanted),
          1 - 0.65 * away / shown};
}

// A ring; ticks point inwards where tracks become one and outwards where one becomes several.
void draw_marker(const Marker& marker, StrokeLayer& layer, Stroke stroke, double tick_px) {
  stroke.opacity *= marker.opacity;
  const EventType type = marker.event->type;
  if (is_death(type)) {
    const double arm = 0.5 * marker.radius_px;
    const Point c = marker.centre;
    layer.line({c.y_px - arm, c.x_px - arm}, {c.y_px + arm, c.x_px + arm}, stroke);
    layer.line({c.y_px - arm, c.x_px + arm}, {c.y_px + arm, c.x_px - arm}, stroke);
    return;
  }
  layer.ring(marker.centre, marker.radius_px, stroke);
  if (type != EventType::kCoalescence && type != EventType::kSplit) {
    return;
  }
  const double end = marker.radius_px + (type == EventType::kCoalescence ? -tick_px : tick_px);
  for (int i = 0; i < 4; ++i) {
    const double angle = M_PI / 4 + i * M_PI / 2;
    const auto at_radius = [&](double radius) {
      return Point{marker.centre.y_px + radius * std::sin(angle),
                   marker.centre.x_px + radius * std::cos(angle)};
    };
    layer.line(at_radius(marker.radius_px), at_radius(end), stroke);
  }
}

void draw_caption(Scene& scene, const Marker& marker) {
  const std::string text = event_text(*marker.event);
  const double font_px = 0.9 * scene.font_px;
  const double width = text_width(text, font_px);
  const double most_x = std::max(2.0, static_cast<double>(scene.picture.width()) - width - 4);
  const double x = std::clamp(marker.centre.x_px - width / 2, 2.0, most_x);
  const double below = marker.centre.y_px + marker.radius_px + 1.15 * font_px;
  const double above = marker.centre.y_px - marker.radius_px - 0.4 * font_px;
  for (const double y : {below, above, below + 1.1 * font_px, above - 1.1 * font_px}) {
    const Box box = text_box({y, x}, width, font_px);
    if (scene.occupied.free(box)) {
      scene.occupied.mark(box);
      draw_text(scene.picture, {y, x}, text,
                {.height_px = font_px, .halo_px = 1.5, .opacity = marker.opacity});
      return;
    }
  }
}

}  // namespace

void draw_events(Scene& scene) {
  const auto by_frame = [](const Event& event, int64_t frame) { return event.frame < frame; };
  const std::span<const Event> events = scene.frame.events;
  const int64_t shown = scene.options.event_frames;
  const auto first =
      std::lower_bound(events.begin(), events.end(), scene.frame.index - shown, by_frame);
  const auto end =
      std::lower_bound(events.begin(), events.end(), scene.frame.index + shown + 1, by_frame);
  if (first == end) {
    return;
  }
  SizeByTrack sizes;
  for (const OverlayInstance& instance : scene.frame.instances) {
    for (const int32_t track : instance.tracks) {
      sizes[track] = instance.ecd_px;
    }
  }
  std::vector<Marker> markers;
  for (auto event = first; event != end; ++event) {
    const bool at_start = event->frame_before == event->frame;
    if (at_start && !is_meeting(event->type)) {
      continue;
    }
    // What is still to come is marked only where those who will meet are in view.
    const bool in_view = std::all_of(event->tracks.begin(), event->tracks.end(),
                                     [&sizes](int32_t id) { return sizes.contains(id); });
    if (event->frame <= scene.frame.index || (is_meeting(event->type) && in_view)) {
      markers.push_back(marker_of(scene, sizes, *event));
    }
  }
  if (markers.empty()) {
    return;
  }
  draw_with_halo(scene.picture, {.colour = kWhite, .width_px = 0.9 * scene.line_px},
                 [&](StrokeLayer& layer, const Stroke& stroke) {
                   for (const Marker& marker : markers) {
                     draw_marker(marker, layer, stroke, 0.5 * scene.font_px);
                   }
                 });
  // In a crowd captions hide what they name: rings alone.
  constexpr size_t kMostCaptions = 24;
  if (markers.size() > kMostCaptions) {
    return;
  }
  std::stable_sort(markers.begin(), markers.end(), [](const Marker& a, const Marker& b) {
    return is_meeting(a.event->type) > is_meeting(b.event->type);
  });
  for (const Marker& marker : markers) {
    draw_caption(scene, marker);
  }
}

}  // namespace mote::report
