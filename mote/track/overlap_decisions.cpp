#include <algorithm>
#include <cmath>
#include <limits>

#include "mote/track/contact_events.h"
#include "mote/track/overlap_tracker.h"

namespace mote::track {
namespace {

/// Area of the regions that hold one of two tracks.
double area_of(const HeldFrame& frame, IdPair tracks) {
  double area_px = 0;
  for (const HeldRegion& region : frame.regions) {
    if (std::any_of(region.lobes.begin(), region.lobes.end(), [&](const HeldLobe& lobe) {
          return lobe.track == tracks.first || lobe.track == tracks.second;
        })) {
      area_px += region.area_px;
    }
  }
  return area_px;
}

}  // namespace

void OverlapTracker::judge(HeldFrame& frame) {
  for (const EndedContact& parted : contacts_.judge(frame, areas_px(), approaches_)) {
    approaches_.forget(parted.tracks);
    close(parted);
  }
  while (const std::optional<EndedContact> merged = contacts_.take_merge(frame)) {
    merge(*merged, frame);
  }
  judge_bonds(frame);
  split_where_due(frame);
  end_tracks(frame);
}

/// Tracks without lobes have ended, once their last frame is judged.
void OverlapTracker::end_tracks(const HeldFrame& frame) {
  std::set<int32_t> alive;
  for (const Lobe& lobe : lobes_) {
    alive.insert(lobe.track);
  }
  std::vector<int32_t> dead;
  for (const auto& [id, track] : tracks_) {
    if (!alive.contains(id) && track.track.last_frame <= frame.index) {
      dead.push_back(id);
    }
  }
  for (const int32_t id : dead) {
    if (!tracks_.contains(id)) {
      continue;  // it has just merged with another that ended too
    }
    const std::optional<EndedContact> merged = contacts_.take_swallowed(id);
    if (merged && merge(*merged, frame)) {
      continue;
    }
    for (const EndedContact& contact : contacts_.take(id)) {
      close(contact);
    }
    end(id, tracks_.at(id).track.last_frame, true);
  }
}

void OverlapTracker::close(const EndedContact& ended) {
  const int64_t last_frame = std::min(tracks_.at(ended.tracks.first).track.last_frame,
                                      tracks_.at(ended.tracks.second).track.last_frame);
  add_events(events_of(ended, ending_of(ended.contact, last_frame, options_.confirm), last_frame));
}

bool OverlapTracker::merge(const EndedContact& ended, const HeldFrame& decided_in) {
  const auto [a, b] = ended.tracks;
  Contact contact = ended.contact;
  // Tracks that never were apart before are one from their beginning.
  for (const auto& [track, other] : {std::pair(b, a), std::pair(a, b)}) {
    const Track& known = tracks_.at(track).track;
    if (known.first_frame < contact.joined->frame) {
      continue;
    }
    if (known.parents.empty()) {
      dissolve(track, other);
      return true;
    }
    contact.joined->frame = known.first_frame + 1;
  }

  const int64_t date = contact.joined->frame;
  if (date > std::max(tracks_.at(a).track.last_frame, tracks_.at(b).track.last_frame)) {
    close(ended);  // nobody has seen what came of it
    return false;
  }
  LiveTrack& child = begin_track(date);
  const int32_t c = child.track.id;
  child.track.parents = {a, b};
  child.frames_seen = tracks_.at(a).frames_seen;
  child.last = tracks_.at(a).last;
  child.track.last_frame = std::max(tracks_.at(a).track.last_frame, tracks_.at(b).track.last_frame);

  std::vector<Event> events =
      events_of({ended.tracks, contact, ended.confirmed}, EventType::kCoalescence, date);
  if (!events.empty()) {
    Event& event = events.back();
    event.children = {c};
    event.evidence["decided_frame"] = static_cast<double>(decided_in.index);
    event.evidence["area_after_px2"] = area_of(decided_in, ended.tracks);
  }
  add_events(events);

  for (const int32_t parent : {a, b}) {
    for (const EndedContact& parted : contacts_.rename(parent, c, date)) {
      close(parted);
    }
  }
  end(a, last_seen_before(tracks_.at(a), date), false);
  end(b, last_seen_before(tracks_.at(b), date), false);
  reassign(date, {a, b}, c);
  reassign(date, {a}, c);
  reassign(date, {b}, c);
  for (Lobe& lobe : lobes_) {
    lobe.track = lobe.track == a || lobe.track == b ? c : lobe.track;
  }
  return true;
}

void OverlapTracker::dissolve(int32_t track, int32_t into) {
  LiveTrack& kept = tracks_.at(into);
  const int64_t first = tracks_.at(track).track.first_frame;
  unite(kept, kept, tracks_.at(track), 0);
  kept.born = kept.born && tracks_.at(track).born;
  reassign(first, {std::min(track, into), std::max(track, into)}, into);
  reassign(first, {track}, into);
  for (const EndedContact& parted : contacts_.rename(track, into, first)) {
    close(parted);
  }
  tracks_.erase(track);
  for (Lobe& lobe : lobes_) {
    lobe.track = lobe.track == track ? into : lobe.track;
  }
}

void OverlapTracker::reassign(int64_t frame, const std::vector<int32_t>& from, int32_t to) {
  if (frame <= handed_back_) {
    output_.reassignments.push_back(
        {.first_frame = frame, .last_frame = handed_back_, .from = from, .to = {to}});
  }
  for (const int32_t track : from) {
    for (HeldFrame& held : held_) {
      if (held.index >= frame) {
        rename_track(held, track, to);
      }
    }
    rename_in_events(track, to, frame);
  }
}

void OverlapTracker::rename_in_events(int32_t from, int32_t to, int64_t frame) {
  for (Event& event : held_events_) {
    if (frame_of_tracks(event) >= frame) {
      std::replace(event.tracks.begin(), event.tracks.end(), from, to);
      std::sort(event.tracks.begin(), event.tracks.end());
    }
  }
}

}  // namespace mote::track
