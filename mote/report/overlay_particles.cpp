#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mote/report/colours.h"
#include "mote/report/outline.h"
#include "mote/report/overlay_scene.h"

namespace mote::report {
namespace {

// Label to instance; labels need not be small.
using InstancesByLabel = std::unordered_map<int32_t, const OverlayInstance*>;

Rgb colour_of(const OverlayInstance& instance, Point where) {
  if (instance.tracks.empty()) {
    return track_colour(instance.label);
  }
  // Where particles share an instance, its outline alternates between their colours.
  size_t turn = 0;
  if (instance.tracks.size() > 1) {
    const double angle =
        std::atan2(where.y_px - instance.centroid.y_px, where.x_px - instance.centroid.x_px) + M_PI;
    turn = static_cast<size_t>(angle / (2 * M_PI) * 12) % instance.tracks.size();
  }
  return track_colour(instance.tracks[turn]);
}

}  // namespace

void draw_outlines(Scene& scene, StrokeLayer& layer) {
  InstancesByLabel instances;
  for (const OverlayInstance& instance : scene.frame.instances) {
    instances[instance.label] = &instance;
  }
  int32_t last_label = 0;
  const OverlayInstance* instance = nullptr;
  for (const OutlinePiece& piece : outlines(scene.frame.labels)) {
    if (piece.label != last_label) {
      const auto found = instances.find(piece.label);
      instance = found == instances.end() ? nullptr : found->second;
      last_label = piece.label;
    }
    // Neighbours' outlines run side by side, not one over the other.
    const double inset = piece.touching ? scene.line_px / 2 : 0;
    Point from = scene.at(piece.from);
    Point to = scene.at(piece.to);
    from = {from.y_px + inset * piece.inward.y_px, from.x_px + inset * piece.inward.x_px};
    to = {to.y_px + inset * piece.inward.y_px, to.x_px + inset * piece.inward.x_px};
    const Rgb colour = instance != nullptr ? colour_of(*instance, piece.from) : kWhite;
    layer.line(from, to, {.colour = colour, .width_px = scene.line_px});
  }
}

void draw_trails(const Scene& scene, StrokeLayer& layer) {
  for (const Trail& trail : scene.frame.trails) {
    const auto steps = static_cast<double>(trail.points.size());
    for (size_t i = 1; i < trail.points.size(); ++i) {
      const double newness = static_cast<double>(i) / steps;
      layer.line(scene.at(trail.points[i - 1]), scene.at(trail.points[i]),
                 {.colour = track_colour(trail.track),
                  .width_px = 0.8 * scene.line_px,
                  .opacity = 0.3 + 0.6 * newness});
    }
  }
}

void draw_ids(Scene& scene) {
  const double font_px = std::clamp(0.85 * scene.font_px, 9.0, 13.0);
  const double below_px = 1.4 * font_px;  // what is in the middle already, as a prompt
  std::vector<const OverlayInstance*> largest_first;
  Occupied particles(scene.picture.size());
  for (const OverlayInstance& instance : scene.frame.instances) {
    largest_first.push_back(&instance);
    const double reach = 0.4 * instance.ecd_px * scene.scale;
    const Point centre = scene.at(instance.centroid);
    particles.mark({.y = std::llround(centre.y_px - reach),
                    .x = std::llround(centre.x_px - reach),
                    .height = std::llround(2 * reach),
                    .width = std::llround(2 * reach)});
  }
  std::stable_sort(
      largest_first.begin(), largest_first.end(),
      [](const OverlayInstance* a, const OverlayInstance* b) { return a->ecd_px > b->ecd_px; });
  for (const OverlayInstance* instance : largest_first) {
    const double ecd = instance->ecd_px * scene.scale;
    if (instance->tracks.empty() || ecd < 0.7 * font_px) {
      continue;
    }
    const std::string text = fmt::format("{}", fmt::join(instance->tracks, "+"));
    const double width = text_width(text, font_px);
    const Point centre = scene.at(instance->centroid);
    Point baseline = {centre.y_px + 0.36 * font_px, centre.x_px - width / 2};
    const bool beside = std::max(width, 1.2 * font_px) > 0.95 * ecd;
    if (beside) {
      baseline = {centre.y_px - 0.36 * ecd, centre.x_px + 0.38 * ecd + 2};
    } else if (ecd > 2 * below_px + font_px &&
               !scene.occupied.free(text_box(baseline, width, font_px))) {
      baseline.y_px += below_px;
    }
    const Box box = text_box(baseline, width, font_px);
    // Where particles lie close, an id beside one would seem to belong to the next.
    if (!scene.occupied.free(box) || (beside && !particles.free(box))) {
      continue;
    }
    scene.occupied.mark(box);
    draw_text(scene.picture, baseline, text,
              {.height_px = font_px, .halo_px = 1.3, .opacity = 0.95});
  }
}

}  // namespace mote::report
