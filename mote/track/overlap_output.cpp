#include <algorithm>
#include <limits>

#include "mote/track/overlap_tracker.h"

namespace mote::track {

LiveTrack& OverlapTracker::begin_track(int64_t frame) {
  LiveTrack& track = tracks_[++last_track_id_];
  track.track = {.id = last_track_id_, .first_frame = frame, .last_frame = frame, .parents = {}};
  return track;
}

void OverlapTracker::end(int32_t track, int64_t last_frame, bool died) {
  const auto found = tracks_.find(track);
  end_in(found->second, last_frame);
  found->second.died = died;
  ended_.emplace(track, std::move(found->second));
  tracks_.erase(found);
}

void OverlapTracker::add_events(const std::vector<Event>& events) {
  held_events_.insert(held_events_.end(), events.begin(), events.end());
}

std::map<int32_t, double> OverlapTracker::areas_px() const {
  std::map<int32_t, double> areas;
  for (const Lobe& lobe : lobes_) {
    areas[lobe.track] += lobe.area_px;
  }
  return areas;
}

void OverlapTracker::hand_back(int64_t until) {
  while (!held_.empty() && held_.front().index <= until) {
    HeldFrame& frame = held_.front();
    part_strangers(frame, [&](int32_t id) {
      LiveTrack* track = known_track(id);
      return track != nullptr && unsee(*track, frame.index);
    });
    handed_back_ = frame.index;
    output_.frames.push_back(handed_back(frame, field_));
    held_.pop_front();
  }
  const auto due = std::stable_partition(
      held_events_.begin(), held_events_.end(),
      [&](const Event& event) { return event.frame <= handed_back_ || held_.empty(); });
  for (auto event = held_events_.begin(); event != due; ++event) {
    if (date_within_lives(*event)) {
      output_.events.push_back(std::move(*event));
    }
  }
  held_events_.erase(held_events_.begin(), due);
  for (auto at = ended_.begin(); at != ended_.end();) {
    const LiveTrack& track = at->second;
    if (track.track.last_frame > handed_back_) {
      ++at;
      continue;
    }
    if (const std::optional<Event> birth = birth_of(track, field_, options_.border_px)) {
      output_.events.push_back(*birth);
    }
    if (track.died) {
      output_.events.push_back(death_of(track, field_, options_.border_px));
    }
    output_.tracks.push_back(track.track);
    at = ended_.erase(at);
  }
}

LiveTrack* OverlapTracker::known_track(int32_t id) {
  const auto live = tracks_.find(id);
  if (live != tracks_.end()) {
    return &live->second;
  }
  const auto ended = ended_.find(id);
  return ended != ended_.end() ? &ended->second : nullptr;
}

/// A track may have been taken out of frames since: a contact begins and ends where both are there.
/// False where that is nowhere.
bool OverlapTracker::date_within_lives(Event& event) {
  const bool begins = event.type == EventType::kContact || event.type == EventType::kOverlap ||
                      event.type == EventType::kAggregation;
  if (!begins && event.type != EventType::kParted && event.type != EventType::kUnresolved) {
    return true;
  }
  int64_t first = 0;
  int64_t last = std::numeric_limits<int64_t>::max();
  for (const int32_t id : event.tracks) {
    const LiveTrack* track = known_track(id);
    if (track == nullptr) {
      continue;
    }
    first = std::max(first, track->track.first_frame);
    last = std::min(last, track->track.last_frame);
    if (event.frame > track->track.last_frame) {
      if (!begins) {
        event.type = EventType::kUnresolved;
        event.confidence = 0;
      }
      event.frame = track->track.last_frame;
    }
    event.frame = std::max(event.frame, track->track.first_frame);
    if (begins) {
      event.frame = last_seen_before(*track, event.frame + 1);
    }
    event.frame_before = std::min(event.frame_before, event.frame);
  }
  return first <= last;
}

}  // namespace mote::track
