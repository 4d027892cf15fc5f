#include "mote/simulate/chronicle.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace mote::simulate {
namespace {

constexpr double kLongestAbsence =
    1;  // in s, out of the field, after which a particle is a new track

bool is_flip(const WorldEvent& event) {
  return event.type == WorldEventType::kContrastLost || event.type == WorldEventType::kContrastBack;
}

}  // namespace

int32_t Chronicle::track_of(int64_t particle) const {
  const auto found = stories_.find(particle);
  return found == stories_.end() ? 0 : found->second.track;
}

double Chronicle::middle_s(int64_t frame) const {
  const WorldOptions& options = world_.options();
  return static_cast<double>(frame) * options.frame_interval_s + 0.5 * options.exposure_s;
}

WorldFrame Chronicle::next() {
  const WorldOptions& options = world_.options();
  const auto index = next_frame_++;
  WorldFrame frame{.index = index, .time_s = middle_s(index)};
  world_.forget_before(middle_s(index - 1));
  begun_s_.clear();
  const auto told = static_cast<int64_t>(events_.size());
  const std::vector<WorldEvent> events = world_.take_events(frame.time_s);
  for (const WorldEvent& event : events) {
    note(event);
  }
  frame.kelvin = world_.kelvin_at(frame.time_s);
  const ShiftNm drift = world_.drift_at(frame.time_s);
  const Point place = {drift.y_nm / options.pixel_size_nm, drift.x_nm / options.pixel_size_nm};
  if (index == 0) {
    first_place_ = place;
  }
  frame.drift = place - first_place_;
  frame.labels = LabelImage({options.height_px, options.width_px});
  add_instances(frame);
  for (auto& [particle, story] : stories_) {
    if (story.track != 0 && !story.closed && story.last_frame == index - 1) {
      story.gone_s = change_s(particle, index, false);
    }
  }
  for (const WorldEvent& event : events) {
    if (is_flip(event)) {
      tell_flip(event);
    } else {
      tell(event, index);
    }
  }
  tell_what_came_into_sight(frame);
  std::stable_sort(events_.begin() + told, events_.end(),
                   [](const TrackEvent& a, const TrackEvent& b) { return a.time_s < b.time_s; });
  for (auto& [particle, story] : stories_) {
    if (story.track != 0 && !story.closed && is_absent(story, index)) {
      lineage_events_.push_back(departure(story));
      story.closed = true;
    }
  }
  return frame;
}

void Chronicle::add_instances(WorldFrame& frame) {
  for (const SeenBody& body : world_.bodies_at(frame.time_s)) {
    for (auto& [particle, instance] : instances_of(body, world_.options())) {
      add_instance(frame, particle, std::move(instance));
    }
  }
  std::sort(frame.instances.begin(), frame.instances.end(),
            [](const WorldInstance& a, const WorldInstance& b) { return a.track < b.track; });
  for (auto it = frame.instances.rbegin(); it != frame.instances.rend(); ++it) {
    if (!it->dark) {
      paint(frame.labels, it->mask, it->track);  // the lowest last, so that it lies on top
    }
  }
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
    case WorldEventType::kHalfNeck: stories_[event.result].whole_s = event.time_s; break;
    case WorldEventType::kMerged: stories_[event.result].merged_s = event.time_s; break;
    default: break;
  }
}

double Chronicle::change_s(int64_t particle, int64_t frame, bool comes) {
  return time_of_change_s(world_, particle, middle_s(frame - 1), middle_s(frame), comes);
}

void Chronicle::add_instance(WorldFrame& frame, int64_t particle, WorldInstance instance) {
  Story& story = stories_[particle];
  story.position = instance.centre;
  story.at_border = touches_border(instance.mask, frame.labels.size());
  if (story.track == 0 || story.closed) {
    begin_track(particle, story, frame.index);
  } else if (story.last_frame < frame.index - 1) {
    begun_s_[story.track] = change_s(particle, frame.index, true);
  }
  tracks_[static_cast<size_t>(story.track) - 1].last_frame = frame.index;
  story.last_frame = frame.index;
  story.left_s.reset();
  instance.track = story.track;
  frame.instances.push_back(std::move(instance));
}

bool Chronicle::is_absent(const Story& story, int64_t frame) const {
  const auto missed = static_cast<double>(frame - story.last_frame - 1);
  return missed * world_.options().frame_interval_s > kLongestAbsence;
}

void Chronicle::begin_track(int64_t particle, Story& story, int64_t frame) {
  Track track{.id = static_cast<int32_t>(tracks_.size()) + 1, .first_frame = frame};
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
  is_dark_.push_back(false);
  double& begun_s = begun_s_[track.id];
  if (frame == 0) {
    return;
  }
  if (!track.parents.empty()) {
    begun_s = *story.whole_s;
    return;
  }
  std::map<std::string, double> evidence;
  EventType type = EventType::kAppeared;
  if (first && story.birth && story.birth->type == WorldEventType::kNucleated) {
    const double born = story.birth->time_s;
    begun_s = born > middle_s(frame - 1) ? born : change_s(particle, frame, true);
    evidence["nucleated"] = 1;
  } else {
    begun_s = change_s(particle, frame, true);
    type = story.birth || story.at_border ? EventType::kEntered : type;
  }
  evidence["time_s"] = begun_s;
  add(type, frame, {track.id}, {}, story.position, std::move(evidence));
}

std::vector<int32_t> Chronicle::open_tracks_of(int64_t particle) const {
  const auto found = stories_.find(particle);
  if (found == stories_.end()) {
    return {};
  }
  const Story& story = found->second;
  if (story.track != 0) {
    return story.closed ? std::vector<int32_t>() : std::vector{story.track};
  }
  std::vector<int32_t> tracks;
  for (const int64_t parent : story.parents) {  // it is a pair, and still told as its halves
    const auto half = stories_.find(parent);
    if (half != stories_.end() && half->second.track != 0 && !half->second.closed) {
      tracks.push_back(half->second.track);
    }
  }
  return tracks;
}

void Chronicle::tell_flip(const WorldEvent& event) {
  for (const int32_t track : open_tracks_of(event.particles[0])) {
    const auto begun = begun_s_.find(track);
    if (begun == begun_s_.end() || event.time_s >= begun->second) {
      set_dark(track, event.type == WorldEventType::kContrastLost, event.time_s);
    }
  }
}

void Chronicle::set_dark(int32_t track, bool dark, double time_s) {
  const size_t index = static_cast<size_t>(track) - 1;
  if (is_dark_[index] != dark) {
    is_dark_[index] = dark;
    events_.push_back({.type = dark ? WorldEventType::kContrastLost : WorldEventType::kContrastBack,
                       .time_s = time_s,
                       .tracks = {track}});
  }
}

void Chronicle::tell_what_came_into_sight(const WorldFrame& frame) {
  const auto since = [&](int32_t track) {
    const auto begun = begun_s_.find(track);
    return begun != begun_s_.end() ? begun->second : frame.time_s;
  };
  for (const WorldInstance& instance : frame.instances) {
    set_dark(instance.track, instance.dark, since(instance.track));
  }
  std::erase_if(unseen_overlaps_, [&](const std::vector<int64_t>& particles) {
    std::vector<int32_t> tracks;
    for (const int64_t particle : particles) {
      const auto found = stories_.find(particle);
      if (found != stories_.end() && found->second.track != 0 && !found->second.closed &&
          found->second.last_frame == frame.index) {
        tracks.push_back(found->second.track);
      }
    }
    if (tracks.size() != 2) {
      return false;
    }
    std::sort(tracks.begin(), tracks.end());
    tell_overlap(tracks, frame.index, std::max(since(tracks[0]), since(tracks[1])),
                 stories_[particles[0]].position);
    return true;
  });
}

void Chronicle::tell_overlap(const std::vector<int32_t>& tracks, int64_t frame, double time_s,
                             Point position) {
  overlaps_.insert(tracks);
  add(EventType::kContact, frame, tracks, {}, position, {{"time_s", time_s}, {"overlap", 1}});
}

void Chronicle::forget(int64_t particle) {
  stories_.erase(particle);
  std::erase_if(unseen_overlaps_, [&](const std::vector<int64_t>& particles) {
    return particles[0] == particle || particles[1] == particle;
  });
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
        if (event.time_s > middle_s(story.last_frame + 1)) {
          evidence["time_s"] = story.gone_s;
        }
        add(EventType::kLost, story.last_frame + 1, told.tracks, {}, story.position, evidence);
      }
      forget(event.particles[0]);
      break;
    case WorldEventType::kContact:
      if (all_are_seen) {
        add(EventType::kContact, frame, told.tracks, {}, story.position, evidence);
      }
      break;
    case WorldEventType::kOverlap:
      if (all_are_seen) {
        tell_overlap(told.tracks, frame, event.time_s, story.position);
      } else {
        unseen_overlaps_.insert(event.particles);
      }
      break;
    case WorldEventType::kParted:
      unseen_overlaps_.erase(event.particles);
      if (overlaps_.erase(told.tracks) > 0) {
        evidence["overlap"] = 1;
        add(EventType::kParted, frame, told.tracks, {}, story.position, evidence);
      }
      break;
    case WorldEventType::kHalfNeck:
      if (told.result != 0 && told.tracks.size() == 2) {
        evidence["contact_s"] = contacts_.at(event.particles);
        if (const std::optional<double> merged_s = stories_[event.result].merged_s) {
          evidence["merged_s"] = *merged_s;
        }
        merges_[event.result] = lineage_events_.size();
        add(EventType::kCoalescence, frame, told.tracks, {told.result}, story.position, evidence);
      }
      for (const int64_t particle : event.particles) {
        Story& parent = stories_[particle];
        if (told.result == 0 && parent.track != 0 && !parent.closed) {
          lineage_events_.push_back(departure(parent));  // the merger happens out of sight
        }
        parent.closed = true;
      }
      break;
    case WorldEventType::kMerged: date_merge(event.result, "merged_s", event.time_s); break;
    case WorldEventType::kComplete:
      date_merge(event.result, "complete_s", event.time_s);
      merges_.erase(event.result);
      contacts_.erase(event.particles);
      for (const int64_t particle : event.particles) {
        forget(particle);
      }
      break;
    default: break;
  }
}

void Chronicle::date_merge(int64_t result, const char* key, double time_s) {
  const auto merge = merges_.find(result);
  if (merge != merges_.end()) {
    lineage_events_[merge->second].evidence[key] = time_s;
  }
}

Event Chronicle::departure(const Story& story) const {
  return {.type = story.left_s || story.at_border ? EventType::kLeft : EventType::kLost,
          .frame_before = story.last_frame,
          .frame = story.last_frame + 1,
          .tracks = {story.track},
          .children = {},
          .position = story.position,
          .confidence = 1,
          .evidence = {{"time_s", story.gone_s}}};
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
