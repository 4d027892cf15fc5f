#include <algorithm>
#include <cmath>
#include <limits>

#include "mote/track/contact_events.h"
#include "mote/track/overlap_tracker.h"

namespace mote::track {
namespace {

double area_px(const std::vector<const Lobe*>& part) {
  double sum = 0;
  for (const Lobe* lobe : part) {
    sum += lobe->area_px;
  }
  return sum;
}

}  // namespace

void OverlapTracker::judge_bonds(const HeldFrame& frame) {
  for (auto& [pair, bond] : bonds_) {
    const std::optional<PairSample> median = bond.series.median_at(frame.index);
    const std::optional<PairSample> own = bond.series.at(frame.index);
    bond.series.forget_before(frame.index - kHalfWindow);
    if (median && own) {
      const double limit = options_.split_neck_ratio;
      advance(bond.below, median->ratio < limit, own->ratio < limit, *median, frame.time);
    }
  }
}

void OverlapTracker::split_where_due(const HeldFrame& frame) {
  std::map<int32_t, Part> of_track;
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
    std::vector<Part> parts;
    Part rest = lobes;
    while (!rest.empty()) {
      Part part = {rest.front()};
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
      split(track, cut_between(std::move(parts)), frame);
    }
  }
}

OverlapTracker::Cut OverlapTracker::cut_between(std::vector<Part> parts) const {
  Cut cut{.parts = std::move(parts)};
  std::stable_sort(cut.parts.begin(), cut.parts.end(),
                   [](const Part& a, const Part& b) { return area_px(a) > area_px(b); });
  for (size_t p = 0; p < cut.parts.size(); ++p) {
    for (const Lobe* lobe : cut.parts[p]) {
      cut.part_of[lobe->id] = p;
    }
  }
  for (const auto& [pair, bond] : bonds_) {
    const auto a = cut.part_of.find(pair.first);
    const auto b = cut.part_of.find(pair.second);
    if (a == cut.part_of.end() || b == cut.part_of.end() || a->second == b->second) {
      continue;
    }
    if (bond.below->frame >= cut.since.frame) {
      cut.since = *bond.below;
    }
    cut.series[std::minmax(a->second, b->second)].join(bond.series);
  }
  return cut;
}

void OverlapTracker::split(int32_t track, const Cut& cut, const HeldFrame& decided_in) {
  // What has been handed back in one piece stays so.
  const int64_t date = std::max(cut.since.frame, handed_back_ + 1);
  const LiveTrack parent = tracks_.at(track);
  const bool is_event = parent.track.first_frame < date;
  const std::vector<int32_t> ids = name_parts(parent, cut, date, is_event);

  std::erase_if(bonds_, [&](const auto& bond) {
    const auto a = cut.part_of.find(bond.first.first);
    const auto b = cut.part_of.find(bond.first.second);
    return a != cut.part_of.end() && b != cut.part_of.end() && a->second != b->second;
  });
  hand_contacts_on(track, ids, date);
  hand_events_on(track, ids, date);
  for (const auto& [pair, series] : cut.series) {
    Contact& contact = contacts_.pairs()[pair_of(ids[pair.first], ids[pair.second])];
    contact.series = series;
    contact.after_split = true;
  }
  if (!is_event) {
    return;
  }
  double children_px = 0;
  for (const Part& part : cut.parts) {
    children_px += area_px(part);
  }
  std::vector<int32_t> children = ids;
  std::sort(children.begin(), children.end());
  add_events({{.type = EventType::kSplit,
               .frame_before = date - 1,
               .frame = date,
               .tracks = {track},
               .children = children,
               .position = cut.since.position,
               .confidence = cut.since.confidence(),
               .evidence = {{"decided_frame", static_cast<double>(decided_in.index)},
                            {"area_px2", parent.last.front().area_px},
                            {"area_after_px2", children_px}}}});
  add_ratio(held_events_.back().evidence, "neck_ratio", cut.since.ratio);
  end(track, last_seen_before(parent, date), false);
}

/// Makes a track of each part from `date` on; where that is no split, for the whole was never seen
/// as one, the largest part stays the track that it was.
std::vector<int32_t> OverlapTracker::name_parts(const LiveTrack& whole, const Cut& cut,
                                                int64_t date, bool is_split) {
  const int32_t track = whole.track.id;
  std::vector<int32_t> ids;
  for (size_t p = 0; p < cut.parts.size(); ++p) {
    if (!is_split && p == 0) {
      ids.push_back(track);
      continue;
    }
    LiveTrack& part = begin_track(date);
    part.born = !is_split && whole.born;
    if (is_split) {
      part.track.parents = {track};
    }
    ids.push_back(part.track.id);
  }
  for (HeldFrame& held : held_) {
    for (HeldRegion& region : held.regions) {
      for (HeldLobe& lobe : region.lobes) {
        if (held.index >= date && lobe.track == track) {
          const auto found = cut.part_of.find(lobe.lobe);
          lobe.track = ids[found == cut.part_of.end() ? 0 : found->second];
        }
      }
    }
  }
  for (Lobe& lobe : lobes_) {
    if (lobe.track == track) {
      lobe.track = ids[cut.part_of.at(lobe.id)];
    }
  }
  for (const int32_t id : ids) {
    glimpse_again(tracks_.at(id));
  }
  return ids;
}

/// The glimpses of a track that is new to the frames that are held.
void OverlapTracker::glimpse_again(LiveTrack& track) {
  track.first.clear();
  track.last.clear();
  track.first_sizes.clear();
  track.last_sizes.clear();
  track.gaps.clear();
  track.frames_seen = 0;
  for (const HeldFrame& frame : held_) {
    if (const std::optional<Glimpse> seen = glimpse_of(frame, track.track.id)) {
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

}  // namespace mote::track
