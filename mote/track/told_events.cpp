#include "mote/track/told_events.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "mote/core/disc.h"
#include "mote/core/error.h"
#include "mote/core/median.h"
#include "mote/track/contact_events.h"

namespace mote::track {
namespace {

bool touches_another(const ToldFrame& frame, int32_t track) {
  return std::any_of(frame.necks.begin(), frame.necks.end(), [&](const TrackedNeck& neck) {
    return neck.a != neck.b && (neck.a == track || neck.b == track);
  });
}

bool is_merge(const Track& child) {
  return child.parents.size() > 1;
}

/// The ratio of a PairSample.
double ratio_of(const TrackedNeck& neck) {
  if (!neck.ratio) {
    return kInseparable;
  }
  return neck.width_px.value_or(0) > 0 ? *neck.ratio : kApart;
}

Lobe lobe_of(const ToldGlimpse& glimpse, int64_t frame, Point drift) {
  Lobe lobe{.id = glimpse.track, .track = glimpse.track};
  lobe.area_px = glimpse.seen.area_px;
  lobe.position = glimpse.seen.centroid - drift;
  lobe.frame = frame;
  lobe.shared = glimpse.shared;
  return lobe;
}

}  // namespace

ToldEvents::ToldEvents(const OverlapOptions& options, Size field, std::vector<Track> tracks,
                       std::set<int32_t> wanted)
    : options_(options), field_(field), wanted_(std::move(wanted)), contacts_(options) {
  for (Track& track : tracks) {
    ends_.emplace(track.last_frame, track.id);
    for (const int32_t parent : track.parents) {
      children_[parent].push_back(track.id);
    }
    const int32_t id = track.id;
    tracks_.emplace(id, std::move(track));
  }
  for (const int32_t id : wanted_) {
    watch(id);
    const auto begotten = children_.find(id);
    if (begotten != children_.end()) {
      for (const int32_t child : begotten->second) {
        watch(child);  // with the other parents of a merge
      }
    }
    const auto known = tracks_.find(id);
    if (known != tracks_.end()) {
      for (const int32_t parent : known->second.parents) {
        watch(parent);  // with the other parts of a split
      }
    }
  }
}

void ToldEvents::watch(int32_t id) {
  const auto known = tracks_.find(id);
  if (known == tracks_.end()) {
    return;
  }
  const auto begotten = children_.find(id);
  std::vector<int32_t> ids = known->second.parents;
  ids.push_back(id);
  if (begotten != children_.end()) {
    ids.insert(ids.end(), begotten->second.begin(), begotten->second.end());
  }
  for (const int32_t each : ids) {
    const Track& track = tracks_.at(each);
    live_[each].track = {.id = each, .first_frame = track.first_frame, .parents = track.parents};
  }
}

bool ToldEvents::any_wanted(std::span<const int32_t> ids) const {
  return std::any_of(ids.begin(), ids.end(), [&](int32_t id) { return wanted_.contains(id); });
}

void ToldEvents::push(const ToldFrame& frame) {
  if (frame.index != static_cast<int64_t>(times_.size())) {
    throw Error(ErrorKind::kUsage, "told of frame {}, expected {}", frame.index, times_.size());
  }
  times_.push_back(frame.time);
  see(frame);
  HeldFrame held;
  held.index = frame.index;
  held.time = frame.time;
  held_.push_back(std::move(held));
  if (held_.size() > static_cast<size_t>(kHalfWindow)) {
    judge(held_.front());
    held_.pop_front();
  }
}

void ToldEvents::see(const ToldFrame& frame) {
  Seen seen;
  std::vector<Lobe> lobes;
  for (const ToldGlimpse& glimpse : frame.glimpses) {
    seen[glimpse.track] = &glimpse;
    areas_px_[glimpse.track] = glimpse.seen.area_px;
    if (!glimpse.shared && !glimpse.seen.cut && !touches_another(frame, glimpse.track)) {
      add_area(alone_px_[glimpse.track], glimpse.seen.area_px);
    }
    lobes.push_back(lobe_of(glimpse, frame.index, frame.drift));
    if (const auto live = live_.find(glimpse.track); live != live_.end()) {
      note_return(live->second, glimpse.seen);
      track::glimpse(live->second, glimpse.seen);
    }
  }
  // In a gap a track still lives, and what is known of its neighbourhood holds.
  for (const auto& [id, known] : tracks_) {
    const bool in_gap = known.first_frame < frame.index && frame.index < known.last_frame;
    if (in_gap && !seen.contains(id)) {
      Lobe missing{.id = id, .track = id};
      missing.missing = true;
      lobes.push_back(std::move(missing));
    }
  }
  note_necks(frame, seen);
  approaches_.note(lobes, frame.index, frame.drift);
}

/// As the tracker does with what vanished at full size.
void ToldEvents::note_return(const LiveTrack& track, const Glimpse& seen) {
  if (track.frames_seen == 0 || !wanted_.contains(track.track.id)) {
    return;
  }
  const int64_t last = track.track.last_frame;
  if (seen.frame == last + 1 || !is_full_size(track) ||
      !has_lasted(times_.at(static_cast<size_t>(last) + 1),
                  times_.at(static_cast<size_t>(seen.frame)), options_.max_gap)) {
    return;
  }
  add({contrast_loss(track, track.last.back().area_px,
                     SizeSample{.frame = seen.frame, .area_px = seen.area_px})});
}

void ToldEvents::note_necks(const ToldFrame& frame, const Seen& seen) {
  std::set<IdPair> noted;
  for (const TrackedNeck& neck : frame.necks) {
    const bool both = seen.contains(neck.a) && seen.contains(neck.b);
    if (neck.a != neck.b && both && (wanted_.contains(neck.a) || wanted_.contains(neck.b))) {
      note(frame, seen, pair_of(neck.a, neck.b), ratio_of(neck), neck.excess);
      noted.insert(pair_of(neck.a, neck.b));
    }
  }
  std::vector<IdPair> apart;
  for (const auto& [pair, contact] : contacts_.pairs()) {
    if (!noted.contains(pair) && seen.contains(pair.first) && seen.contains(pair.second)) {
      apart.push_back(pair);
    }
  }
  for (const IdPair& pair : apart) {
    note(frame, seen, pair, kApart, {});
  }
}

// 0 where the border cuts them, where others touch or share an instance with them, and where one
// was never seen alone.
double ToldEvents::filled_area_ratio(const ToldFrame& frame, const Seen& seen,
                                     IdPair tracks) const {
  const ToldGlimpse& a = *seen.at(tracks.first);
  const ToldGlimpse& b = *seen.at(tracks.second);
  const bool third_touches =
      std::any_of(frame.necks.begin(), frame.necks.end(), [&](const TrackedNeck& neck) {
        const bool of_a = neck.a == tracks.first || neck.a == tracks.second;
        const bool of_b = neck.b == tracks.first || neck.b == tracks.second;
        return of_a != of_b;
      });
  const auto a_px = alone_px_.find(tracks.first);
  const auto b_px = alone_px_.find(tracks.second);
  if (a.seen.cut || b.seen.cut || a.shared != b.shared || third_touches ||
      a_px == alone_px_.end() || b_px == alone_px_.end()) {
    return 0;
  }
  const double area_px = a.shared ? a.seen.area_px : a.seen.area_px + b.seen.area_px;
  return area_px / sphere_area_px(median(a_px->second), median(b_px->second));
}

void ToldEvents::note(const ToldFrame& frame, const Seen& seen, IdPair tracks, double ratio,
                      const Excess& excess) {
  const Glimpse& a = seen.at(tracks.first)->seen;
  const Glimpse& b = seen.at(tracks.second)->seen;
  const Point between = b.centroid - a.centroid;
  const bool is_new = !contacts_.pairs().contains(tracks);
  const Track& first = track(tracks.first);
  const Track& second = track(tracks.second);
  contacts_.note(tracks,
                 {.frame = frame.index,
                  .ratio = ratio,
                  .position = touching_point(a.centroid, equivalent_radius_px(a.area_px),
                                             b.centroid, equivalent_radius_px(b.area_px)),
                  .distance_px = std::hypot(between.y_px, between.x_px),
                  .area_ratio = filled_area_ratio(frame, seen, tracks),
                  .excess = excess},
                 std::max(first.first_frame, second.first_frame));
  const bool siblings = first.parents.size() == 1 && first.parents == second.parents;
  if (is_new && siblings) {
    contacts_.pairs().at(tracks).after_split = true;
  }
}

void ToldEvents::judge(HeldFrame& frame) {
  for (const EndedContact& parted : contacts_.judge(frame, areas_px_, approaches_)) {
    approaches_.forget(parted.tracks);
    close(parted);
  }
  end_tracks(frame.index);
}

void ToldEvents::end_tracks(int64_t frame) {
  while (!ends_.empty() && ends_.begin()->first <= frame) {
    const Track& ended = track(ends_.begin()->second);
    ends_.erase(ends_.begin());
    const auto children = children_.find(ended.id);
    if (children == children_.end()) {
      for (const EndedContact& contact : contacts_.take(ended.id)) {
        close(contact);
      }
      continue;
    }
    const Track& child = track(children->second.front());
    if (is_merge(child)) {
      end_by_merge(ended, child);
    }
    for (const EndedContact& parted : contacts_.rename(ended.id, child.id, child.first_frame)) {
      close(parted);
    }
  }
}

/// Keeps what is known of the contact of `parent` with another parent, for the event.
void ToldEvents::end_by_merge(const Track& parent, const Track& child) {
  for (const int32_t other : child.parents) {
    const auto found = contacts_.pairs().find(pair_of(parent.id, other));
    if (other != parent.id && found != contacts_.pairs().end()) {
      merged_.try_emplace(child.id, std::move(found->second));
      contacts_.pairs().erase(found);
    }
  }
}

void ToldEvents::close(const EndedContact& ended) {
  const int64_t last_frame =
      std::min(track(ended.tracks.first).last_frame, track(ended.tracks.second).last_frame);
  add(events_of(ended, ending_of(ended.contact, last_frame, options_.confirm), last_frame));
}

/// A contact begins and ends where both are there.
void ToldEvents::add(std::vector<Event> events) {
  for (Event& event : events) {
    if (event.tracks.size() == 2 && event.children.empty()) {
      int64_t first = 0;
      int64_t last = static_cast<int64_t>(times_.size()) - 1;
      for (const int32_t id : event.tracks) {
        first = std::max(first, track(id).first_frame);
        last = std::min(last, track(id).last_frame);
      }
      event.frame = std::max(first, std::min(event.frame, last));
      event.frame_before = std::min(event.frame_before, event.frame);
    }
    events_.push_back(std::move(event));
  }
}

std::vector<Event> ToldEvents::finish() {
  while (!held_.empty()) {
    judge(held_.front());
    held_.pop_front();
  }
  if (times_.size() > 1) {  // a still tells nothing of when a contact began
    for (const EndedContact& ended : contacts_.take(0)) {
      close(ended);
    }
  }
  for (const auto& [id, known] : tracks_) {
    if (is_merge(known) && (wanted_.contains(id) || any_wanted(known.parents))) {
      add_merge(known);
    }
  }
  for (const auto& [id, all] : children_) {
    std::vector<int32_t> parts;
    std::copy_if(all.begin(), all.end(), std::back_inserter(parts),
                 [&](int32_t child) { return !is_merge(track(child)); });
    if (!parts.empty() && (wanted_.contains(id) || any_wanted(parts))) {
      add_split(track(id), parts);
    }
  }
  for (auto& [id, live] : live_) {
    if (wanted_.contains(id)) {
      add_ends(live);
    }
  }
  return std::move(events_);
}

void ToldEvents::add_merge(const Track& child) {
  const Glimpse& first = live_.at(child.id).first.front();
  Event event{.type = EventType::kCoalescence,
              .frame_before = child.first_frame - 1,
              .frame = child.first_frame,
              .tracks = child.parents,
              .children = {child.id},
              .position = first.centroid,
              .confidence = 1,
              .evidence = {{"area_after_px2", first.area_px}}};
  double before_px = 0;
  for (const int32_t parent : child.parents) {
    before_px += live_.at(parent).last.back().area_px;
  }
  const auto contact = merged_.find(child.id);
  if (contact != merged_.end() && !contact->second.openings.empty()) {
    const Contact& known = contact->second;
    event.evidence["contact_frame"] = static_cast<double>(known.openings.front().frame);
    add_ratio(event.evidence, "neck_ratio", known.last_ratio);
    add_ratio(event.evidence, "highest_neck_ratio", known.highest_ratio);
    before_px = known.area_px;
    add(known.openings);
  }
  event.evidence["area_px2"] = before_px;
  events_.push_back(std::move(event));
}

void ToldEvents::add_split(const Track& parent, const std::vector<int32_t>& children) {
  int64_t frame = track(children.front()).first_frame;
  double after_px = 0;
  for (const int32_t child : children) {
    frame = std::min(frame, track(child).first_frame);
    after_px += live_.at(child).first.front().area_px;
  }
  const Glimpse& last = live_.at(parent.id).last.back();
  events_.push_back({.type = EventType::kSplit,
                     .frame_before = frame - 1,
                     .frame = frame,
                     .tracks = {parent.id},
                     .children = children,
                     .position = last.centroid,
                     .confidence = 1,
                     .evidence = {{"area_px2", last.area_px}, {"area_after_px2", after_px}}});
}

void ToldEvents::add_ends(LiveTrack& track) {
  const Track& known = tracks_.at(track.track.id);
  track.born = known.first_frame > 0 && known.parents.empty();
  track.died =
      known.last_frame + 1 < static_cast<int64_t>(times_.size()) && !children_.contains(known.id);
  if (const std::optional<Event> birth = birth_of(track, field_, options_.border_px)) {
    events_.push_back(*birth);
  }
  if (track.died) {
    events_.push_back(death_of(track, field_, options_.border_px));
  }
}

}  // namespace mote::track
