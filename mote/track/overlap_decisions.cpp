#include <algorithm>
#include <cmath>
#include <limits>

#include "mote/track/overlap_tracker.h"

namespace mote::track {
namespace {

/// Adds what a region shows of a track to what others do.
void add(std::optional<Glimpse>& seen, int64_t frame, const Mask& mask) {
  double sum_y = 0;
  double sum_x = 0;
  for (const Run& run : mask.runs) {
    sum_y += static_cast<double>(run.length) * run.y;
    sum_x += run.length * (run.x + 0.5 * (run.length - 1));
  }
  const auto area_px = static_cast<double>(mask.area_px());
  if (!seen) {
    seen = Glimpse{.frame = frame, .centroid = {}, .box = mask.bounds(), .area_px = 0};
  }
  const double before_px = seen->area_px;
  seen->area_px += area_px;
  seen->centroid = {.y_px = (before_px * seen->centroid.y_px + sum_y) / seen->area_px,
                    .x_px = (before_px * seen->centroid.x_px + sum_x) / seen->area_px};
  seen->box = around(seen->box, mask.bounds());
}

/// Pixels of the regions that hold one of two tracks.
double area_of(const HeldFrame& frame, IdPair tracks) {
  int64_t area_px = 0;
  for (const HeldRegion& region : frame.regions) {
    if (std::any_of(region.lobes.begin(), region.lobes.end(), [&](const HeldLobe& lobe) {
          return lobe.track == tracks.first || lobe.track == tracks.second;
        })) {
      area_px += region.mask.area_px();
    }
  }
  return static_cast<double>(area_px);
}

}  // namespace

void OverlapTracker::judge(HeldFrame& frame) {
  for (const EndedContact& parted : contacts_.judge(frame, areas_px())) {
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
    for (const EndedContact& contact : contacts_.take(id)) {
      close(contact);
    }
    end(id, tracks_.at(id).track.last_frame, true);
  }
}

void OverlapTracker::close(const EndedContact& ended) {
  const int64_t last_frame = std::min(tracks_.at(ended.tracks.first).track.last_frame,
                                      tracks_.at(ended.tracks.second).track.last_frame);
  const std::optional<Since>& apart = ended.contact.apart;
  const bool both_go_on = apart && apart->frame <= last_frame;
  add_events(events_of(ended, both_go_on ? EventType::kParted : EventType::kUndecided, last_frame));
}

void OverlapTracker::merge(const EndedContact& ended, const HeldFrame& decided_in) {
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
      return;
    }
    contact.joined->frame = known.first_frame + 1;
  }

  const int64_t date = contact.joined->frame;
  LiveTrack& child = begin_track(date);
  const int32_t c = child.track.id;
  child.track.parents = {a, b};
  child.frames_seen = tracks_.at(a).frames_seen;
  child.last = tracks_.at(a).last;
  child.track.last_frame = std::max(tracks_.at(a).track.last_frame, tracks_.at(b).track.last_frame);

  std::vector<Event> events = events_of({ended.tracks, contact}, EventType::kMerge, date);
  if (!events.empty()) {
    Event& event = events.back();
    event.children = {c};
    event.evidence["decided_frame"] = static_cast<double>(decided_in.index);
    event.evidence["area_after_px"] = area_of(decided_in, ended.tracks);
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
}

void OverlapTracker::dissolve(int32_t track, int32_t into) {
  LiveTrack& kept = tracks_.at(into);
  const int64_t first = tracks_.at(track).track.first_frame;
  unite(kept, kept, tracks_.at(track), 0);
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

void OverlapTracker::judge_bonds(const HeldFrame& frame) {
  for (auto& [pair, bond] : bonds_) {
    const std::optional<PairSample> median = bond.series.median_at(frame.index);
    const std::optional<double> own = bond.series.ratio_at(frame.index);
    bond.series.forget_before(frame.index - kHalfWindow);
    if (median && own) {
      const double limit = options_.split_neck_ratio;
      advance(bond.below, median->ratio < limit, *own < limit, *median, frame.time);
      bond.last_ratio = median->ratio;
    }
  }
}

void OverlapTracker::split_where_due(const HeldFrame& frame) {
  std::map<int32_t, std::vector<const Lobe*>> of_track;
  for (const Lobe& lobe : lobes_) {
    of_track[lobe.track].push_back(&lobe);
  }
  const auto is_cut = [&](const Lobe& a, const Lobe& b) {
    const auto found = bonds_.find(pair_of(a.id, b.id));
    if (found == bonds_.end() || !found->second.below || a.missing || b.missing) {
      return false;
    }
    const Since& below = *found->second.below;
    return has_lasted(below.time, frame.time, options_.confirm) ||
           now_.frame - below.frame >= options_.lag_frames;
  };
  for (const auto& [track, lobes] : of_track) {
    // Parts: what is reached from lobe to lobe without a cut.
    std::vector<std::vector<const Lobe*>> parts;
    std::vector<const Lobe*> rest = lobes;
    while (!rest.empty()) {
      std::vector<const Lobe*> part = {rest.front()};
      rest.erase(rest.begin());
      for (size_t i = 0; i < part.size(); ++i) {
        const auto cut = std::stable_partition(
            rest.begin(), rest.end(), [&](const Lobe* lobe) { return is_cut(*part[i], *lobe); });
        part.insert(part.end(), cut, rest.end());
        rest.erase(cut, rest.end());
      }
      parts.push_back(std::move(part));
    }
    if (parts.size() > 1) {
      split(track, parts, frame);
    }
  }
}

void OverlapTracker::split(int32_t track, std::vector<std::vector<const Lobe*>> parts,
                           const HeldFrame& decided_in) {
  const auto area_px = [](const std::vector<const Lobe*>& part) {
    double sum = 0;
    for (const Lobe* lobe : part) {
      sum += lobe->area_px;
    }
    return sum;
  };
  std::stable_sort(parts.begin(), parts.end(),
                   [&](const auto& a, const auto& b) { return area_px(a) > area_px(b); });

  // The last cut between two parts dates the split.
  std::map<int32_t, size_t> part_of;
  for (size_t p = 0; p < parts.size(); ++p) {
    for (const Lobe* lobe : parts[p]) {
      part_of[lobe->id] = p;
    }
  }
  Since since;
  double ratio = kApart;
  std::map<IdPair, PairSeries> series;  // by parts
  for (const auto& [pair, bond] : bonds_) {
    if (!part_of.contains(pair.first) || !part_of.contains(pair.second) ||
        part_of[pair.first] == part_of[pair.second]) {
      continue;
    }
    if (bond.below->frame >= since.frame) {
      since = *bond.below;
    }
    ratio = std::max(ratio, bond.last_ratio);
    series[pair_of(static_cast<int32_t>(part_of[pair.first]),
                   static_cast<int32_t>(part_of[pair.second]))]
        .join(bond.series);
  }

  // What has been handed back in one piece stays so.
  const int64_t date = std::max(since.frame, handed_back_ + 1);
  const LiveTrack parent = tracks_.at(track);
  const bool parent_lives_before = parent.track.first_frame < date;
  std::vector<int32_t> ids;
  for (size_t p = 0; p < parts.size(); ++p) {
    if (!parent_lives_before && p == 0) {
      ids.push_back(track);
      continue;
    }
    LiveTrack& child = begin_track(date);
    ids.push_back(child.track.id);
    child.born = !parent_lives_before && parent.born;
    if (parent_lives_before) {
      child.track.parents = {track};
    }
  }
  for (HeldFrame& held : held_) {
    for (HeldRegion& region : held.regions) {
      for (HeldLobe& lobe : region.lobes) {
        if (held.index >= date && lobe.track == track) {
          const auto found = part_of.find(lobe.lobe);
          lobe.track = ids[found == part_of.end() ? 0 : found->second];
        }
      }
    }
  }
  for (Lobe& lobe : lobes_) {
    if (lobe.track == track) {
      lobe.track = ids[part_of.at(lobe.id)];
    }
  }
  for (const int32_t id : ids) {
    glimpse_again(tracks_.at(id));
  }
  std::erase_if(bonds_, [&](const auto& bond) {
    const auto& [a, b] = bond.first;
    return part_of.contains(a) && part_of.contains(b) && part_of.at(a) != part_of.at(b);
  });
  hand_contacts_on(track, ids, date);
  hand_events_on(track, ids, date);
  for (const auto& [pair, known] : series) {
    Contact& contact = contacts_.pairs()[pair_of(ids[static_cast<size_t>(pair.first)],
                                                 ids[static_cast<size_t>(pair.second)])];
    contact.series = known;
    contact.after_split = true;
  }
  if (!parent_lives_before) {
    return;
  }
  double children_px = 0;
  for (const auto& part : parts) {
    children_px += area_px(part);
  }
  std::vector<int32_t> children = ids;
  std::sort(children.begin(), children.end());
  add_events({{.type = EventType::kSplit,
               .frame_before = date - 1,
               .frame = date,
               .tracks = {track},
               .children = children,
               .position = since.position,
               .confidence = since.confidence(),
               .evidence = {{"neck_ratio", ratio},
                            {"decided_frame", static_cast<double>(decided_in.index)},
                            {"area_px", parent.last.front().area_px},
                            {"area_after_px", children_px}}}});
  end(track, last_seen_before(parent, date), false);
}

/// The glimpses of a track that is new to the frames that are held.
void OverlapTracker::glimpse_again(LiveTrack& track) {
  track.first.clear();
  track.last.clear();
  track.gaps.clear();
  track.frames_seen = 0;
  for (const HeldFrame& frame : held_) {
    std::optional<Glimpse> seen;
    for (const HeldRegion& region : frame.regions) {
      if (std::any_of(region.lobes.begin(), region.lobes.end(),
                      [&](const HeldLobe& lobe) { return lobe.track == track.track.id; })) {
        add(seen, frame.index, region.mask);
      }
    }
    if (seen) {
      if (track.frames_seen == 0) {
        track.track.first_frame = frame.index;
      }
      glimpse(track, *seen);
    }
  }
}

/// What happened to the track happened to the part that lay nearest.
void OverlapTracker::hand_events_on(int32_t track, const std::vector<int32_t>& ids, int64_t frame) {
  const auto away = [](Point a, Point b) { return std::hypot(a.y_px - b.y_px, a.x_px - b.x_px); };
  for (Event& event : held_events_) {
    if (frame_of_tracks(event) < frame) {
      continue;
    }
    const auto nearest = std::min_element(ids.begin(), ids.end(), [&](int32_t a, int32_t b) {
      return away(tracks_.at(a).last.front().centroid, event.position) <
             away(tracks_.at(b).last.front().centroid, event.position);
    });
    std::replace(event.tracks.begin(), event.tracks.end(), track, *nearest);
    std::sort(event.tracks.begin(), event.tracks.end());
  }
}

void OverlapTracker::hand_contacts_on(int32_t track, const std::vector<int32_t>& ids,
                                      int64_t frame) {
  // Whoever touches the track touches the part that lies nearest.
  std::vector<int32_t> others;
  for (const auto& [pair, contact] : contacts_.pairs()) {
    if (pair.first == track || pair.second == track) {
      others.push_back(pair.first == track ? pair.second : pair.first);
    }
  }
  for (const int32_t other : others) {
    int32_t nearest = ids.front();
    double nearest_px = std::numeric_limits<double>::infinity();
    for (const Lobe& a : lobes_) {
      if (std::find(ids.begin(), ids.end(), a.track) == ids.end()) {
        continue;
      }
      for (const Lobe& b : lobes_) {
        if (b.track == other && gap_px(a, b) < nearest_px) {
          nearest = a.track;
          nearest_px = gap_px(a, b);
        }
      }
    }
    if (nearest != track) {
      for (HeldFrame& held : held_) {
        if (held.index >= frame) {
          rename_contact(held, track, other, nearest);
        }
      }
      for (const EndedContact& parted : contacts_.rename(track, other, nearest, frame)) {
        close(parted);
      }
    }
  }
}

LiveTrack& OverlapTracker::begin_track(int64_t frame) {
  LiveTrack& track = tracks_[++last_track_id_];
  track.track = {.id = last_track_id_, .first_frame = frame, .last_frame = frame, .parents = {}};
  return track;
}

void OverlapTracker::end(int32_t track, int64_t last_frame, bool died) {
  const auto found = tracks_.find(track);
  found->second.track.last_frame = last_frame;
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

}  // namespace mote::track
