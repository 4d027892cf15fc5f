#include "mote/track/live_track.h"

#include <algorithm>

namespace mote::track {
namespace {

constexpr size_t kGlimpses = 5;

Point velocity(const std::vector<Glimpse>& glimpses) {
  const Glimpse& first = glimpses.front();
  const Glimpse& last = glimpses.back();
  if (last.frame == first.frame) {
    return {};
  }
  const auto frames = static_cast<double>(last.frame - first.frame);
  return {.y_px = (last.centroid.y_px - first.centroid.y_px) / frames,
          .x_px = (last.centroid.x_px - first.centroid.x_px) / frames};
}

/// Whether the box lies at the border, or did so a frame of motion by `step` ago.
bool at_border(const Box& box, Point step, Size field, double border_px) {
  const auto near = [&](int64_t distance_px, double inward_px) {
    return static_cast<double>(distance_px) <= border_px + std::max(0.0, inward_px);
  };
  return near(box.y, step.y_px) || near(box.x, step.x_px) ||
         near(field.height - box.y_end(), -step.y_px) ||
         near(field.width - box.x_end(), -step.x_px);
}

double border_distance_px(const Box& box, Size field) {
  return static_cast<double>(
      std::min({box.y, box.x, field.height - box.y_end(), field.width - box.x_end()}));
}

/// A track that was seen in a few frames only may be noise.
double confidence_of(const LiveTrack& track) {
  return std::min(1.0, static_cast<double>(track.frames_seen) / static_cast<double>(kGlimpses));
}

Event event_of(const LiveTrack& track, const Glimpse& glimpse, Size field) {
  return {.type = EventType::kAppeared,
          .frame_before = glimpse.frame - 1,
          .frame = glimpse.frame,
          .tracks = {track.track.id},
          .children = {},
          .position = glimpse.centroid,
          .confidence = confidence_of(track),
          .evidence = {{"area_px", glimpse.area_px},
                       {"border_distance_px", border_distance_px(glimpse.box, field)}}};
}

}  // namespace

void glimpse(LiveTrack& track, const Glimpse& glimpse) {
  track.track.last_frame = glimpse.frame;
  ++track.frames_seen;
  if (track.first.size() < kGlimpses) {
    track.first.push_back(glimpse);
  }
  if (track.last.size() == kGlimpses) {
    track.last.erase(track.last.begin());
  }
  track.last.push_back(glimpse);
}

std::optional<Event> birth_of(const LiveTrack& track, Size field, double border_px) {
  if (!track.born || track.first.empty()) {
    return std::nullopt;
  }
  const Glimpse& first = track.first.front();
  Event event = event_of(track, first, field);
  if (at_border(first.box, velocity(track.first), field, border_px)) {
    event.type = EventType::kEntered;
  }
  return event;
}

Event death_of(const LiveTrack& track, Size field, double border_px) {
  const Glimpse& last = track.last.back();
  const Point step = velocity(track.last);
  Event event = event_of(track, last, field);
  event.type = at_border(last.box, {.y_px = -step.y_px, .x_px = -step.x_px}, field, border_px)
                   ? EventType::kLeft
                   : EventType::kLost;
  event.frame_before = last.frame;
  event.frame = last.frame + 1;
  return event;
}

}  // namespace mote::track
