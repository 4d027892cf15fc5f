#include <algorithm>
#include <cmath>

#include "mote/core/median.h"
#include "mote/track/overlap_tracker.h"

namespace mote::track {

void OverlapTracker::note_pair(const Lobe& a, const Lobe& b, const Touch& touch) {
  const Point between = b.position - a.position;
  const PairSample sample{
      .frame = now_.frame,
      .ratio = touch.ratio,
      .position = touching_point(a.position, radius_px(a), b.position, radius_px(b)) + now_.drift,
      .distance_px = std::hypot(between.y_px, between.x_px),
      .area_ratio = touch.area_ratio,
      .excess = excess_of(a, b)};
  if (a.track == b.track) {
    bonds_[pair_of(a.id, b.id)].series.add(sample);
  } else {
    const int64_t both_since =
        std::max(tracks_.at(a.track).track.first_frame, tracks_.at(b.track).track.first_frame);
    contacts_.note(pair_of(a.track, b.track), sample, both_since);
    note_track_neck(sample, a, b, touch.width_px);
  }
}

// Of several necks between two tracks, the widest.
void OverlapTracker::note_track_neck(const PairSample& sample, const Lobe& a, const Lobe& b,
                                     double width_px) {
  const auto [at, is_new] = necks_.try_emplace(pair_of(a.track, b.track));
  const bool in_one_region = sample.ratio >= kInseparable;
  TrackedNeck neck{.a = at->first.first, .b = at->first.second, .excess = sample.excess};
  if (!in_one_region) {
    neck.ratio = std::max(0.0, sample.ratio);
    neck.width_px = width_px;
  }
  // Both tracks have been glimpsed in this frame: a pair is noted where both are seen.
  neck.apart = tracks_.at(b.track).last.back().centroid - tracks_.at(a.track).last.back().centroid;
  if (is_new || (at->second.ratio && (in_one_region || *neck.ratio > *at->second.ratio))) {
    at->second = neck;
  }
}

void OverlapTracker::note_pairs(const Segmentation& segmentation, const Links& links) {
  std::set<IdPair> touching;  // lobes
  necks_.clear();
  faint_widths_px_.clear();
  note_necks(segmentation, links, touching);
  note_shared_regions(segmentation, links, touching);
  note_apart(links, touching);
}

void OverlapTracker::note_necks(const Segmentation& segmentation, const Links& links,
                                std::set<IdPair>& touching) {
  for (const Neck& neck : segmentation.necks) {
    // Where lobes share a region, the pair that lies closest touches.
    const Lobe* nearest_a = nullptr;
    const Lobe* nearest_b = nullptr;
    for (const int32_t a : links.lobes_of[neck.a - 1]) {
      for (const int32_t b : links.lobes_of[neck.b - 1]) {
        if (nearest_a == nullptr || gap_px(lobes_[a], lobes_[b]) < gap_px(*nearest_a, *nearest_b)) {
          nearest_a = &lobes_[a];
          nearest_b = &lobes_[b];
        }
      }
    }
    if (neck.ratio <= 0) {
      faint_widths_px_[pair_of(nearest_a->id, nearest_b->id)] = neck.width_px;
      continue;
    }
    const double area_ratio = filled_area_ratio(segmentation, links, {neck.a, neck.b});
    note_pair(*nearest_a, *nearest_b,
              {.ratio = neck.ratio, .width_px = neck.width_px, .area_ratio = area_ratio});
    touching.insert(pair_of(nearest_a->id, nearest_b->id));
  }
}

// 0 where the border cuts a region, where a third lobe touches or lies in them, and where one of
// the two is a part of its track only or was never seen alone.
double OverlapTracker::filled_area_ratio(const Segmentation& segmentation, const Links& links,
                                         const std::set<int32_t>& regions) const {
  double area_px = 0;
  bool cut = false;
  std::vector<double> alone_px;
  std::set<int32_t> tracks;
  for (const int32_t r : regions) {
    const Region& region = segmentation.regions[static_cast<size_t>(r) - 1];
    for (const int32_t l : links.lobes_of[static_cast<size_t>(r) - 1]) {
      const Lobe& lobe = lobes_[static_cast<size_t>(l)];
      tracks.insert(lobe.track);
      alone_px.push_back(median(lobe.alone_px));  // 0 of none
    }
    area_px += region.area_px;
    cut = cut || region.touches_border;
  }
  const bool third_touches =
      std::any_of(segmentation.necks.begin(), segmentation.necks.end(), [&](const Neck& neck) {
        return neck.ratio > 0 && regions.contains(neck.a) != regions.contains(neck.b);
      });
  const auto lobes = std::count_if(lobes_.begin(), lobes_.end(),
                                   [&](const Lobe& lobe) { return tracks.contains(lobe.track); });
  if (cut || tracks.size() != 2 || lobes != 2 || third_touches ||
      std::min(alone_px[0], alone_px[1]) <= 0) {
    return 0;
  }
  return area_px / sphere_area_px(alone_px[0], alone_px[1]);
}

// A chain through each region: a lobe touches one before it, which it touched before if it can, and
// else the nearest.
void OverlapTracker::note_shared_regions(const Segmentation& segmentation, const Links& links,
                                         std::set<IdPair>& touching) {
  for (size_t r = 0; r < links.lobes_of.size(); ++r) {
    const std::vector<int32_t>& owners = links.lobes_of[r];
    for (size_t i = 1; i < owners.size(); ++i) {
      const Lobe& lobe = lobes_[owners[i]];
      const auto rank = [&](const Lobe& other) {
        const bool known = contacts_.pairs().contains(pair_of(lobe.track, other.track)) ||
                           lobe.track == other.track;
        return std::pair(!known, gap_px(lobe, other));
      };
      const Lobe* nearest = &lobes_[owners[0]];
      for (size_t j = 1; j < i; ++j) {
        const Lobe& other = lobes_[owners[j]];
        nearest = rank(other) < rank(*nearest) ? &other : nearest;
      }
      const double area_ratio =
          filled_area_ratio(segmentation, links, {static_cast<int32_t>(r) + 1});
      note_pair(*nearest, lobe, {.ratio = kInseparable, .area_ratio = area_ratio});
      touching.insert(pair_of(nearest->id, lobe.id));
    }
  }
}

// Known pairs that each have a region, and yet do not touch, are apart.
void OverlapTracker::note_apart(const Links& links, const std::set<IdPair>& touching) {
  std::set<int32_t> among_others;
  for (const std::vector<int32_t>& owners : links.lobes_of) {
    for (const int32_t l : owners) {
      if (lobes_[l].track != lobes_[owners.front()].track) {
        among_others.insert({lobes_[owners.front()].id, lobes_[l].id});
      }
    }
  }
  std::map<int32_t, std::vector<const Lobe*>> of_track;
  for (const Lobe& lobe : lobes_) {
    of_track[lobe.track].push_back(&lobe);
  }
  const auto note = [&](const Lobe& a, const Lobe& b) {
    if (!a.missing && !b.missing && !among_others.contains(a.id) && !among_others.contains(b.id) &&
        !touching.contains(pair_of(a.id, b.id))) {
      const auto faint = faint_widths_px_.find(pair_of(a.id, b.id));
      note_pair(a, b, {.width_px = faint == faint_widths_px_.end() ? 0 : faint->second});
    }
  };
  for (const auto& [pair, contact] : contacts_.pairs()) {
    const bool seen =
        !contact.series.samples.empty() && contact.series.samples.back().frame == now_.frame;
    if (seen) {
      continue;
    }
    for (const Lobe* a : of_track[pair.first]) {
      for (const Lobe* b : of_track[pair.second]) {
        note(*a, *b);
      }
    }
  }
  for (const auto& [track, lobes] : of_track) {
    for (size_t i = 0; i < lobes.size(); ++i) {
      for (size_t j = i + 1; j < lobes.size(); ++j) {
        note(*lobes[i], *lobes[j]);
      }
    }
  }
}

}  // namespace mote::track
