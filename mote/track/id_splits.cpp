#include <algorithm>
#include <utility>

#include "mote/track/contacts.h"
#include "mote/track/id_tracks.h"

namespace mote::track {
namespace {

/// What a track has lost when a piece left it, as a part of the piece: 1 of flat particles; of
/// spheres, of which volume is kept, 0.3 for a piece of a fifth of the area and more for larger
/// ones. A track that has lost less has moved away, and what is there is another particle.
constexpr double kLeastLoss = 0.25;
/// Of a piece, that a track covered before it left.
constexpr double kLeastCovered = 0.5;

/// The regions that are the piece `number` of `track`, as one mask.
Mask mask_of(const HeldFrame& frame, int32_t track, int32_t number) {
  Mask mask;
  for (const HeldRegion& region : frame.regions) {
    const HeldLobe& lobe = region.lobes.front();
    if (lobe.track == track && lobe.lobe == number) {
      mask.runs.insert(mask.runs.end(), region.mask.runs.begin(), region.mask.runs.end());
    }
  }
  std::sort(mask.runs.begin(), mask.runs.end(),
            [](const Run& a, const Run& b) { return std::pair(a.y, a.x) < std::pair(b.y, b.x); });
  return mask;
}

Event split_event(const LiveTrack& parent, const std::vector<int32_t>& children, int64_t before,
                  int64_t frame) {
  Event event{.type = EventType::kSplit,
              .frame_before = before,
              .frame = frame,
              .tracks = {parent.track.id},
              .children = children,
              .position = {},
              .evidence = {}};
  std::sort(event.children.begin(), event.children.end());
  return event;
}

}  // namespace

void IdTracks::split_what_parted(int32_t largest_id) {
  std::vector<int32_t> due;
  for (const auto& [id, object] : objects_) {
    if (object.parting && object.parting->is_plausible && object.live.track.last_frame == now_ &&
        (has_lasted(object.parting->time, held_.back().frame.time, options_.confirm) ||
         now_ - object.parting->frame >= options_.lag_frames)) {
      due.push_back(id);
    }
  }
  for (const int32_t id : due) {
    part(id, largest_id);
    largest_id = std::max(largest_id, parted_.back().pieces.back().first);
  }
}

/// The pieces of an object become tracks of their own from the frame on since which they are apart.
void IdTracks::part(int32_t id, int32_t largest_id) {
  LiveTrack parent = std::move(objects_.at(id).live);
  Parting parting = *std::move(objects_.at(id).parting);
  const int64_t date = parting.frame;
  std::stable_sort(parting.pieces.begin(), parting.pieces.end(),
                   [](const Piece& a, const Piece& b) { return a.area_px > b.area_px; });
  const auto first = std::find_if(held_.begin(), held_.end(),
                                  [date](const Held& held) { return held.frame.index == date; });
  const Point position = glimpse_of(first->frame, parent.track.id)->centroid;

  PartedObject parted{.id = id, .pieces = {}};
  std::vector<int32_t> children;
  double children_px = 0;
  for (const Piece& piece : parting.pieces) {
    const int32_t own_id = parted.pieces.empty() ? id : ++largest_id;
    Object child{.live = begin_child(date, parent.track.id),
                 .mask = mask_of(held_.back().frame, parent.track.id, piece.number),
                 .drift = held_.back().drift,
                 .whole = {},
                 .parting = {}};
    child.whole = WholeObject{.mask = child.mask, .drift = child.drift, .area_px = piece.area_px};
    for (auto held = first; held != held_.end(); ++held) {
      for (HeldRegion& region : held->frame.regions) {
        HeldLobe& lobe = region.lobes.front();
        if (lobe.track == parent.track.id && lobe.lobe == piece.number) {
          lobe = {.lobe = 0, .track = child.live.track.id};
        }
      }
      glimpse(child.live, *glimpse_of(held->frame, child.live.track.id));
    }
    children.push_back(child.live.track.id);
    children_px += piece.area_px;
    parted.pieces.emplace_back(own_id, child.mask);
    objects_[own_id] = std::move(child);
  }
  parted_.push_back(std::move(parted));

  Event event = split_event(parent, children, last_seen_before(parent, date), date);
  event.position = position;
  event.evidence = {{"decided_frame", static_cast<double>(now_)},
                    {"area_px2", parting.whole_px},
                    {"area_after_px2", children_px}};
  end_in(parent, event.frame_before);
  output_.events.push_back(std::move(event));
  hand_back(parent);
}

void IdTracks::split_what_left_pieces(const std::vector<int32_t>& added) {
  std::map<int32_t, FoundPieces> found;  // by the object that they left
  for (const int32_t id : added) {
    if (const auto from = where_from(id)) {
      FoundPieces& pieces =
          found.try_emplace(from->second, FoundPieces{from->first, {}}).first->second;
      pieces.before = std::min(pieces.before, from->first);
      pieces.objects.push_back(id);
    }
  }
  for (const auto& [id, pieces] : found) {
    leave(id, pieces);
  }
}

/// The last of held_ in which a track covered the place of a new object, and the object that the
/// track is of. None where that has vanished, or has just taken in another.
std::optional<std::pair<size_t, int32_t>> IdTracks::where_from(int32_t added) const {
  const Mask& mask = objects_.at(added).mask;
  const double least_px = kLeastCovered * static_cast<double>(mask.area_px());
  for (size_t i = held_.size() - 1; i-- > 0;) {
    const Point shift = held_[i].drift - held_.back().drift;
    std::map<int32_t, int64_t> covered_px;  // by track
    for (const HeldRegion& region : held_[i].frame.regions) {
      covered_px[region.lobes.front().track] += common_px(mask, shift, region.mask);
    }
    for (const auto& [track, pixels] : covered_px) {
      if (static_cast<double>(pixels) < least_px) {
        continue;
      }
      for (const auto& [id, object] : objects_) {
        const bool takes_in =
            std::any_of(objects_.begin(), objects_.end(),
                        [id = id](const auto& other) { return other.second.covered_by == id; });
        if (object.live.track.id == track && object.live.track.last_frame == now_ && !takes_in) {
          return std::pair(i, id);
        }
      }
      return std::nullopt;
    }
  }
  return std::nullopt;
}

/// Objects that are new where `id` was are its pieces, if its area has fallen by theirs.
void IdTracks::leave(int32_t id, const FoundPieces& found) {
  const int32_t track = objects_.at(id).live.track.id;
  const auto area_px = [&](const Held& held) {
    const std::optional<Glimpse> seen = glimpse_of(held.frame, track);
    return seen ? seen->area_px : 0;
  };
  const double before_px = area_px(held_[found.before]);
  const double now_px = area_px(held_.back());
  double pieces_px = 0;
  std::vector<int32_t> pieces;
  for (const int32_t piece : found.objects) {
    const double piece_px = objects_.at(piece).live.last.back().area_px;
    if (piece_px >= options_.min_piece_share * before_px &&
        piece_px >= static_cast<double>(options_.min_piece_area_px)) {
      pieces.push_back(piece);
      pieces_px += piece_px;
    }
  }
  const auto has_lost = [&](double left_px) {
    return before_px - left_px >= kLeastLoss * pieces_px;
  };
  if (pieces.empty() || !adds_up(before_px, now_px + pieces_px) || !has_lost(now_px)) {
    return;
  }
  double frames = 0;
  double agreeing = 0;
  for (size_t i = found.before + 1; i < held_.size(); ++i) {
    frames += 1;
    agreeing += has_lost(area_px(held_[i])) ? 1 : 0;
  }

  LiveTrack parent = std::move(objects_.at(id).live);
  LiveTrack rest = begin_child(now_, track);
  rename_track(held_.back().frame, track, rest.track.id);
  const Glimpse seen = *glimpse_of(held_.back().frame, rest.track.id);
  glimpse(rest, seen);
  std::vector<int32_t> children = {rest.track.id};
  for (const int32_t piece : pieces) {
    LiveTrack& live = objects_.at(piece).live;
    live.track.parents = {track};
    live.born = false;
    children.push_back(live.track.id);
  }
  Event event = split_event(parent, children, held_[found.before].frame.index, now_);
  event.position = seen.centroid;
  event.confidence = agreeing / frames;
  event.evidence = {{"decided_frame", static_cast<double>(now_)},
                    {"area_px2", before_px},
                    {"area_after_px2", now_px + pieces_px}};
  output_.events.push_back(std::move(event));
  end_in(parent, last_seen_before(parent, now_));
  hand_back(parent);
  Object& object = objects_.at(id);
  object.live = std::move(rest);
  object.parting.reset();
}

}  // namespace mote::track
