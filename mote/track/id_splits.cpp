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

/// The regions that are the piece `number` of `track`, as one mask.
Mask piece_mask(const HeldFrame& frame, int32_t track, int32_t number) {
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

double area_px(const HeldFrame& frame, int32_t track) {
  const std::optional<Glimpse> seen = glimpse_of(frame, track);
  return seen ? seen->area_px : 0;
}

}  // namespace

bool IdTracks::is_parting(const Object& object) const {
  return object.parting && object.parting->is_plausible && object.live.track.last_frame == now_;
}

/// Whether what an object has vanished into was splitting before.
bool IdTracks::waits_for_split(const Object& vanished) const {
  const std::optional<Cover> cover = survivor_of(vanished);
  if (!cover) {
    return false;
  }
  const Object& survivor = objects_.at(cover->object);
  return is_parting(survivor) && survivor.parting->frame <= vanished.live.track.last_frame;
}

void IdTracks::split_what_parted(int32_t largest_id) {
  std::vector<int32_t> due;
  for (const auto& [id, object] : objects_) {
    if (is_parting(object) &&
        (has_lasted(object.parting->time, held_.back().frame.time, options_.confirm) ||
         now_ - object.parting->frame >= options_.lag_frames) &&
        !takes_in(id, object.parting->frame)) {
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
  std::stable_sort(parting.pieces.begin(), parting.pieces.end(),
                   [](const Piece& a, const Piece& b) { return a.area_px > b.area_px; });
  Event event{.type = EventType::kSplit,
              .frame_before = last_seen_before(parent, parting.frame),
              .frame = parting.frame,
              .tracks = {parent.track.id},
              .children = {},
              .position = glimpse_of(held_in(parting.frame).frame, parent.track.id)->centroid,
              .evidence = {{"decided_frame", static_cast<double>(now_)},
                           {"area_px2", parting.whole_px},
                           {"area_after_px2", 0}}};
  PartedObject parted{.id = id, .pieces = {}};
  for (const Piece& piece : parting.pieces) {
    Object child = piece_of(parting, piece, parent.track.id);
    event.children.push_back(child.live.track.id);
    event.evidence["area_after_px2"] += child.live.first.front().area_px;
    parted.pieces.emplace_back(parted.pieces.empty() ? id : ++largest_id, child.mask);
    objects_[parted.pieces.back().first] = std::move(child);
  }
  parted_.push_back(std::move(parted));
  output_.events.push_back(std::move(event));
  end_in(parent, last_seen_before(parent, parting.frame));
  hand_back(parent);
}

/// One of the pieces of track `parent` with a track of its own, in all frames that are held since
/// they are apart.
IdTracks::Object IdTracks::piece_of(const Parting& parting, const Piece& piece, int32_t parent) {
  Object child{.live = begin_child(parting.frame, parent),
               .mask = piece_mask(held_.back().frame, parent, piece.number),
               .drift = held_.back().drift,
               .whole = {},
               .parting = {}};
  child.whole = WholeObject{
      .frame = now_, .mask = child.mask, .drift = child.drift, .area_px = piece.area_px};
  for (Held& held : held_) {
    for (HeldRegion& region : held.frame.regions) {
      HeldLobe& lobe = region.lobes.front();
      if (held.frame.index >= parting.frame && lobe.track == parent && lobe.lobe == piece.number) {
        lobe = {.lobe = 0, .track = child.live.track.id};
      }
    }
  }
  see_held(child.live);
  return child;
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
  const Object& piece = objects_.at(added);
  for (size_t i = held_.size() - 1; i-- > 0;) {
    const auto [track, share] = cover_in(held_[i], piece.mask, piece.drift);
    if (share < kLeastCovered) {
      continue;
    }
    const std::optional<int32_t> id = object_of(track);
    if (id && objects_.at(*id).live.track.last_frame == now_ && !takes_in(*id, now_)) {
      return std::pair(i, *id);
    }
    return std::nullopt;
  }
  return std::nullopt;
}

/// Those of the new `objects` that are large enough for a piece of what had `whole_px`.
std::vector<int32_t> IdTracks::large_pieces(const std::vector<int32_t>& objects,
                                            double whole_px) const {
  const double least_px = std::max(options_.min_piece_share * whole_px,
                                   static_cast<double>(options_.min_piece_area_px));
  std::vector<int32_t> pieces;
  std::copy_if(objects.begin(), objects.end(), std::back_inserter(pieces),
               [&](int32_t id) { return objects_.at(id).live.last.back().area_px >= least_px; });
  return pieces;
}

/// Objects that are new where `id` was are its pieces, if its area has fallen by theirs; not where
/// the border or excluded pixels may have taken it.
void IdTracks::leave(int32_t id, const FoundPieces& found) {
  const LiveTrack& live = objects_.at(id).live;
  const int32_t track = live.track.id;
  const Glimpse rest = live.last.back();
  const Held& before = held_[found.before];
  const double before_px = area_px(before.frame, track);
  const std::vector<int32_t> pieces = large_pieces(found.objects, before_px);
  double pieces_px = 0;
  for (const int32_t piece : pieces) {
    pieces_px += objects_.at(piece).live.last.back().area_px;
  }
  const auto has_lost = [&](const Held& held) {
    return before_px - area_px(held.frame, track) >= kLeastLoss * pieces_px;
  };
  if (pieces.empty() || rest.cut || !adds_up(before_px, rest.area_px + pieces_px) ||
      !has_lost(held_.back())) {
    return;
  }
  const auto after = held_.begin() + static_cast<std::ptrdiff_t>(found.before) + 1;
  const auto agreeing = static_cast<double>(std::count_if(after, held_.end(), has_lost));
  output_.events.push_back(
      {.type = EventType::kSplit,
       .frame_before = before.frame.index,
       .frame = now_,
       .tracks = {track},
       .children = branch(id, pieces),
       .position = rest.centroid,
       .confidence = agreeing / static_cast<double>(std::distance(after, held_.end())),
       .evidence = {{"decided_frame", static_cast<double>(now_)},
                    {"area_px2", before_px},
                    {"area_after_px2", rest.area_px + pieces_px}}});
}

/// Ends the track of `id`, of which the rest and the new objects `pieces` are the children; gives
/// their tracks.
std::vector<int32_t> IdTracks::branch(int32_t id, const std::vector<int32_t>& pieces) {
  Object& object = objects_.at(id);
  LiveTrack parent = std::move(object.live);
  object.live = begin_child(now_, parent.track.id);
  rename_track(held_.back().frame, parent.track.id, object.live.track.id);
  see_held(object.live);
  object.parting.reset();  // it began with the parent
  std::vector<int32_t> children;
  for (const int32_t piece : pieces) {
    LiveTrack& live = objects_.at(piece).live;
    live.track.parents = {parent.track.id};
    live.born = false;
    children.push_back(live.track.id);
  }
  children.push_back(object.live.track.id);
  end_in(parent, last_seen_before(parent, now_));
  hand_back(parent);
  return children;
}

}  // namespace mote::track
