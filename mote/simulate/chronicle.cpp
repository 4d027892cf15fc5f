#include "mote/simulate/chronicle.h"

#include <algorithm>
#include <numbers>
#include <tuple>
#include <utility>
#include <variant>

namespace mote::simulate {
namespace {

constexpr double kLongestAbsence =
    1;  // in s, out of the field, after which a particle is a new track

bool touches_border(const Mask& mask, Size size) {
  const Box box = mask.bounds();
  return box.y == 0 || box.x == 0 || box.y_end() == size.height || box.x_end() == size.width;
}

double ball_nm3(double radius_nm) {
  return 4.0 / 3.0 * std::numbers::pi * radius_nm * radius_nm * radius_nm;
}

}  // namespace

int32_t Chronicle::track_of(int64_t particle) const {
  const auto found = stories_.find(particle);
  return found == stories_.end() ? 0 : found->second.track;
}

WorldFrame Chronicle::next() {
  const WorldOptions& options = world_.options();
  const auto index = next_frame_++;
  const double begin = static_cast<double>(index) * options.frame_interval_s;
  WorldFrame frame{.index = index, .time_s = begin + 0.5 * options.exposure_s};
  world_.forget_before(begin);
  const std::vector<WorldEvent> events = world_.take_events(frame.time_s);
  for (const WorldEvent& event : events) {
    note(event);
  }
  frame.kelvin = world_.kelvin_at(frame.time_s);
  const ShiftNm drift = world_.drift_at(frame.time_s);
  frame.drift = {drift.y_nm / options.pixel_size_nm, drift.x_nm / options.pixel_size_nm};
  frame.labels = LabelImage({options.height_px, options.width_px});
  for (const SeenBody& body : world_.bodies_at(frame.time_s)) {
    see(frame, body);
  }
  std::sort(frame.instances.begin(), frame.instances.end(),
            [](const WorldInstance& a, const WorldInstance& b) { return a.track < b.track; });
  for (auto it = frame.instances.rbegin(); it != frame.instances.rend(); ++it) {
    if (!it->dark) {
      paint(frame.labels, it->mask, it->track);  // the lowest last, so that it lies on top
    }
  }
  for (const WorldEvent& event : events) {
    tell(event, index);
  }
  for (auto& [particle, story] : stories_) {
    if (story.track != 0 && !story.closed && is_absent(story, index)) {
      lineage_events_.push_back(departure(story));
      story.closed = true;
    }
  }
  return frame;
}

void Chronicle::note(const WorldEvent& event) {
  Story& story = stories_[event.particles[0]];
  switch (event.type) {
    case WorldEventType::kNucleated:
    case WorldEventType::kEntered: story.birth = event; break;
    case WorldEventType::kLeft: story.left_s = event.time_s; break;
    case WorldEventType::kContact:
      contacts_[event.particles] = event.time_s;
      stories_[event.result].parents = event.particles;
      break;
    default: break;
  }
}

void Chronicle::see(WorldFrame& frame, const SeenBody& body) {
  const WorldOptions& options = world_.options();
  const double pixel = options.pixel_size_nm;
  const GridPlace place = {.y_nm = 0, .x_nm = 0, .pixel_size_nm = pixel};
  Mask mask = mask_of(body.body, place, frame.labels.size(), body.unevenness);
  if (mask.runs.empty()) {
    return;
  }
  const auto pixels = [&](const PositionNm& at) { return Point{at.y_nm / pixel, at.x_nm / pixel}; };
  WorldInstance instance{
      .species = body.species, .face = body.face, .contrast = body.contrast, .dark = body.dark};
  instance.centre = pixels(std::visit([](const auto& shape) { return shape.centre; }, body.body));
  instance.radius_nm = body.radius_nm;
  if (body.merger) {
    const Pair& pair = std::get<Pair>(body.body);
    instance.neck_ratio = pair.shape.neck_ratio;
    if (instance.neck_ratio < options.coalescence.merge_neck_ratio) {
      for (const bool larger : {true, false}) {
        WorldInstance half = instance;
        const double out = (larger ? 0 : pair.shape.distance_nm) - pair.shape.centre_of_mass_nm;
        half.centre = pixels(
            {pair.centre.y_nm + out * pair.axis[0], pair.centre.x_nm + out * pair.axis[1], 0});
        half.radius_nm = larger ? body.merger->larger_nm : body.merger->smaller_nm;
        half.mask = part_of(mask, pair, place, larger);
        add_instance(frame, larger ? body.merger->larger : body.merger->smaller, std::move(half));
      }
      return;
    }
  }
  instance.mask = std::move(mask);
  add_instance(frame, body.particle, std::move(instance));
}

void Chronicle::add_instance(WorldFrame& frame, int64_t particle, WorldInstance instance) {
  if (instance.mask.runs.empty()) {
    return;
  }
  Story& story = stories_[particle];
  story.position = instance.centre;
  story.at_border = touches_border(instance.mask, frame.labels.size());
  if (story.track == 0 || story.closed) {
    begin_track(story, frame);
  }
  tracks_[static_cast<size_t>(story.track) - 1].last_frame = frame.index;
  story.last_frame = frame.index;
  instance.track = story.track;
  instance.volume_nm3 = ball_nm3(instance.radius_nm);
  frame.instances.push_back(std::move(instance));
}

bool Chronicle::is_absent(const Story& story, int64_t frame) const {
  const auto missed = static_cast<double>(frame - story.last_frame - 1);
  return missed * world_.options().frame_interval_s > kLongestAbsence;
}

void Chronicle::begin_track(Story& story, const WorldFrame& frame) {
  Track track{.id = static_cast<int32_t>(tracks_.size()) + 1, .first_frame = frame.index};
  const bool first = story.track == 0;
  for (const int64_t parent : first ? story.parents : std::vector<int64_t>()) {
    const auto found = stories_.find(parent);
    if (found != stories_.end() && found->second.track != 0 && !found->second.closed) {
      track.parents.push_back(found->second.track);
    }
  }
  std::sort(track.parents.begin(), track.parents.end());
  story.closed = false;
  if (track.parents.size() == 1) {
    story.track = track.parents.front();
    return;
  }
  story.track = track.id;
  tracks_.push_back(track);
  if (frame.index == 0 || !track.parents.empty()) {
    return;
  }
  std::map<std::string, double> evidence;
  EventType type = EventType::kAppeared;
  if (story.birth) {
    evidence["time_s"] = story.birth->time_s;
    if (story.birth->type == WorldEventType::kNucleated) {
      evidence["nucleated"] = 1;
    } else {
      type = EventType::kEntered;
    }
  } else if (story.at_border) {
    type = EventType::kEntered;
  }
  add(type, frame.index, {track.id}, {}, story.position, std::move(evidence));
}

void Chronicle::tell(const WorldEvent& event, int64_t frame) {
  TrackEvent told{.type = event.type, .time_s = event.time_s};
  bool all_are_seen = true;
  for (const int64_t particle : event.particles) {
    const auto found = stories_.find(particle);
    const bool known = found != stories_.end() && found->second.track != 0;
    if (known && !found->second.closed) {
      told.tracks.push_back(found->second.track);
    }
    all_are_seen = all_are_seen && known && found->second.last_frame >= frame - 1;
  }
  told.result = event.result != 0 ? track_of(event.result) : 0;
  std::sort(told.tracks.begin(), told.tracks.end());
  if (!told.tracks.empty()) {
    events_.push_back(told);
  }
  Story& story = stories_[event.particles[0]];
  std::map<std::string, double> evidence = {{"time_s", event.time_s}};
  switch (event.type) {
    case WorldEventType::kDissolved:
      if (story.track != 0 && !story.closed) {
        evidence["dissolved"] = 1;
        add(EventType::kLost, story.last_frame + 1, told.tracks, {}, story.position, evidence);
      }
      stories_.erase(event.particles[0]);
      break;
    case WorldEventType::kContact:
      if (all_are_seen) {
        add(EventType::kContact, frame, told.tracks, {}, story.position, evidence);
      }
      break;
    case WorldEventType::kOverlap:
      if (all_are_seen) {
        evidence["overlap"] = 1;
        overlaps_.insert(told.tracks);
        add(EventType::kContact, frame, told.tracks, {}, story.position, evidence);
      }
      break;
    case WorldEventType::kParted:
      if (overlaps_.erase(told.tracks) > 0) {
        evidence["overlap"] = 1;
        add(EventType::kParted, frame, told.tracks, {}, story.position, evidence);
      }
      break;
    case WorldEventType::kHalfNeck:
      if (told.result != 0 && told.tracks.size() == 2) {
        evidence["contact_s"] = contacts_.at(event.particles);
        add(EventType::kMerge, frame, told.tracks, {told.result}, story.position, evidence);
      }
      for (const int64_t particle : event.particles) {
        Story& parent = stories_[particle];
        if (told.result == 0 && parent.track != 0 && !parent.closed) {
          lineage_events_.push_back(departure(parent));  // the merger happens out of sight
        }
        parent.closed = true;
      }
      break;
    case WorldEventType::kMerged:
      for (Event& earlier : lineage_events_) {
        if (earlier.type == EventType::kMerge && earlier.children == std::vector{told.result}) {
          earlier.evidence["merged_s"] = event.time_s;
        }
      }
      contacts_.erase(event.particles);
      for (const int64_t particle : event.particles) {
        stories_.erase(particle);
      }
      break;
    default: break;
  }
}

Event Chronicle::departure(const Story& story) const {
  const int64_t frame = story.last_frame + 1;
  const double time = static_cast<double>(frame) * world_.options().frame_interval_s;
  return {.type = story.left_s || story.at_border ? EventType::kLeft : EventType::kLost,
          .frame_before = story.last_frame,
          .frame = frame,
          .tracks = {story.track},
          .children = {},
          .position = story.position,
          .confidence = 1,
          .evidence = {{"time_s", story.left_s.value_or(time)}}};
}

void Chronicle::add(EventType type, int64_t frame, std::vector<int32_t> tracks,
                    std::vector<int32_t> children, Point position,
                    std::map<std::string, double> evidence) {
  lineage_events_.push_back({.type = type,
                             .frame_before = std::max<int64_t>(0, frame - 1),
                             .frame = frame,
                             .tracks = std::move(tracks),
                             .children = std::move(children),
                             .position = position,
                             .confidence = 1,
                             .evidence = std::move(evidence)});
}

Lineage Chronicle::lineage() const {
  Lineage lineage{.tracks = tracks_, .events = lineage_events_};
  for (const auto& [particle, story] : stories_) {
    if (story.track != 0 && !story.closed && story.last_frame + 1 < next_frame_) {
      lineage.events.push_back(departure(story));
    }
  }
  std::stable_sort(
      lineage.events.begin(), lineage.events.end(), [](const Event& a, const Event& b) {
        return std::tie(a.frame, a.type, a.tracks) < std::tie(b.frame, b.type, b.tracks);
      });
  return lineage;
}

}  // namespace mote::simulate
