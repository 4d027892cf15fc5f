#include <algorithm>
#include <set>

#include "mote/track/fading.h"
#include "mote/track/overlap_tracker.h"

namespace mote::track {

/// What is left of crystals out of contrast is taken out of the segmentation, which is given back
/// where that changes it, with its own `links`.
std::optional<Segmentation> OverlapTracker::fade_lobes(const Segmentation& segmentation,
                                                       Links& links) {
  const Remnants left = remnants(lobes_, now_.frame, now_.drift, segmentation, links);
  if (left.regions.empty()) {
    return std::nullopt;
  }
  std::set<int32_t> pieces;
  for (const Remnants::Faded& faded : left.faded) {
    Lobe& lobe = lobes_[static_cast<size_t>(faded.lobe)];
    for (const int32_t p : faded.pieces) {
      const Lobe& piece = lobes_[static_cast<size_t>(p)];
      pieces.insert(piece.id);
      absorb(piece.track, lobe.track);
    }
    forget_since(lobe.track, lobe.whole.frame);
    fade(lobe, now_.time);
  }
  drop_lobes(pieces);
  Segmentation kept = without(segmentation, left.regions);
  links = link(lobes_, now_.frame, now_.drift, kept, options_.max_distance_px);
  return kept;
}

/// What several lobes saw the rim of is one of them, the largest.
void OverlapTracker::restore_lobes(const Segmentation& segmentation, Links& links) {
  std::set<int32_t> pieces;
  for (size_t r = 0; r < segmentation.regions.size(); ++r) {
    std::vector<const Lobe*> owners;
    for (const int32_t l : links.lobes_of[r]) {
      owners.push_back(&lobes_[static_cast<size_t>(l)]);
    }
    if (owners.size() < 2 ||
        !has_come_back(segmentation.regions[r], owners, now_.frame, now_.drift)) {
      continue;
    }
    const Lobe& kept =
        **std::max_element(owners.begin(), owners.end(),
                           [](const Lobe* a, const Lobe* b) { return a->area_px < b->area_px; });
    for (const Lobe* owner : owners) {
      if (owner->id != kept.id) {
        pieces.insert(owner->id);
        absorb(owner->track, kept.track);
      }
    }
  }
  if (!pieces.empty()) {
    drop_lobes(pieces);
    links = link(lobes_, now_.frame, now_.drift, segmentation, options_.max_distance_px);
  }
}

/// `track` was a piece of `whole`, as far as frames have not been handed back.
void OverlapTracker::absorb(int32_t track, int32_t whole) {
  if (track == whole) {
    return;
  }
  const Track& piece = tracks_.at(track).track;
  const Track& kept = tracks_.at(whole).track;
  const bool began_before = piece.first_frame < kept.first_frame && !kept.parents.empty();
  if (piece.parents.empty() && piece.first_frame > handed_back_ && !began_before) {
    dissolve(track, whole);
  }
}

/// What was seen of the track after `frame` was no more than pieces of its rim.
void OverlapTracker::forget_since(int32_t track, int64_t frame) {
  for (HeldFrame& held : held_) {
    if (held.index <= frame) {
      continue;
    }
    if (take_out(held, track, field_)) {
      unsee(tracks_.at(track), held.index);
    }
  }
}

}  // namespace mote::track
