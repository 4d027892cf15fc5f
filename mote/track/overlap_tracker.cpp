#include "mote/track/overlap_tracker.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "mote/core/error.h"
#include "mote/core/median.h"
#include "mote/imaging/regions.h"
#include "mote/track/fading.h"

namespace mote::track {
namespace {

bool touches_another(const Segmentation& segmentation, int32_t label) {
  return std::any_of(segmentation.necks.begin(), segmentation.necks.end(), [&](const Neck& neck) {
    return neck.ratio > 0 && (neck.a == label || neck.b == label);
  });
}

}  // namespace

OverlapTracker::OverlapTracker(const OverlapOptions& options, Size field)
    : options_(options), field_(field), contacts_(options) {}

TrackerOutput OverlapTracker::push(const TrackerFrame& frame, const LazySegmentation& lazy) {
  if (frame.index != next_frame_) {
    throw Error(ErrorKind::kUsage, "the tracker was given frame {}, expected {}", frame.index,
                next_frame_);
  }
  const Segmentation& found = lazy();
  if (found.labels.size() != field_) {
    throw Error(ErrorKind::kUsage, "the segmentation of frame {} has {} x {} px, expected {} x {}",
                frame.index, found.labels.width(), found.labels.height(), field_.width,
                field_.height);
  }
  if (!frame.image.empty() && frame.image.size() != field_) {
    throw Error(ErrorKind::kUsage, "the image of frame {} has {} x {} px, expected {} x {}",
                frame.index, frame.image.width(), frame.image.height(), field_.width,
                field_.height);
  }
  now_ = {.frame = frame.index, .time = frame.time, .drift = frame.drift};
  ++next_frame_;

  Links links = link(lobes_, frame.index, frame.drift, found, options_.max_distance_px);
  const std::optional<Segmentation> kept = fade_lobes(found, links);
  const Segmentation& segmentation = kept ? *kept : found;
  restore_lobes(segmentation, links);
  std::vector<Mask> masks = region_masks(segmentation);
  take_regions(segmentation, masks, links);
  begin_lobes(segmentation, masks, links);
  glimpse_tracks(segmentation, links);
  excess_.clear();
  if (!frame.image.empty()) {
    paint_portraits(frame.image, segmentation, links);
    look_through(frame.image, segmentation, links);
  }
  note_pairs(segmentation, links);
  approaches_.note(lobes_, now_.frame, now_.drift);
  hold(frame, segmentation, masks, links);
  if (held_.size() > static_cast<size_t>(kHalfWindow)) {
    judge(held_[held_.size() - 1 - static_cast<size_t>(kHalfWindow)]);
  }
  drop_absorbed_lobes();
  end_missing();
  hand_back(frame.index - options_.lag_frames);
  return std::exchange(output_, {});
}

TrackerOutput OverlapTracker::finish() {
  const size_t ahead = std::min(held_.size(), static_cast<size_t>(kHalfWindow));
  for (size_t i = held_.size() - ahead; i < held_.size(); ++i) {
    judge(held_[i]);
  }
  if (next_frame_ == 1) {
    // A still tells neither when a contact began nor whom its pairs were known as before.
    std::for_each(held_.begin(), held_.end(), [](HeldFrame& frame) { frame.joined.clear(); });
    contacts_.take(0);
  }
  while (!held_.empty()) {
    const std::optional<EndedContact> merged = contacts_.take_unconfirmed(held_.back());
    if (!merged) {
      break;
    }
    merge(*merged, held_.back());
  }
  for (const EndedContact& ended : contacts_.take(0)) {
    close(ended);
  }
  for (const Lobe& lobe : lobes_) {
    if (lobe.faded && tracks_.at(lobe.track).track.last_frame <= lobe.frame) {
      held_events_.push_back(contrast_loss(tracks_.at(lobe.track), lobe.area_px, {}));
    }
  }
  while (!tracks_.empty()) {
    const Track& track = tracks_.begin()->second.track;
    end(track.id, track.last_frame, track.last_frame < now_.frame && !has_faded(track.id));
  }
  hand_back(now_.frame);
  lobes_.clear();
  bonds_.clear();
  return std::exchange(output_, {});
}

void OverlapTracker::take_regions(const Segmentation& segmentation, std::vector<Mask>& masks,
                                  Links& links) {
  for (size_t l = 0; l < lobes_.size(); ++l) {
    Lobe& lobe = lobes_[l];
    if (links.region_of[l] < 0) {
      lobe.missing_since = lobe.missing ? lobe.missing_since : now_.time;
      lobe.missing = true;
      lobe.shared = false;
    }
  }
  for (size_t r = 0; r < segmentation.regions.size(); ++r) {
    const Region& region = segmentation.regions[r];
    const std::vector<int32_t>& owners = links.lobes_of[r];
    if (owners.size() == 1) {
      note_return(lobes_[owners[0]], region);
      see(lobes_[owners[0]], now_.frame, region.centroid, now_.drift, region.area_px, masks[r]);
      if (!region.touches_border) {
        note_whole(lobes_[owners[0]]);
        if (!touches_another(segmentation, static_cast<int32_t>(r) + 1)) {
          add_area(lobes_[owners[0]].alone_px, region.area_px);
        }
      }
    } else if (owners.size() > 1) {
      std::vector<Lobe*> sharing;
      for (const int32_t l : owners) {
        Lobe& lobe = lobes_[l];
        lobe.position = predicted(lobe, now_.frame);
        lobe.sights.clear();  // how it moved alone says nothing of how it moves with others
        lobe.frame = now_.frame;
        lobe.shared = true;
        lobe.missing = false;
        lobe.awaited = false;
        lobe.faded = false;
        sharing.push_back(&lobe);
      }
      fit_into(segmentation.labels, region.label, region.box, now_.drift, sharing);
    }
  }
}

/// What was awaited and is seen again had lost its contrast; not if another lobe of the same track
/// was there.
void OverlapTracker::note_return(const Lobe& lobe, const Region& region) {
  const LiveTrack& track = tracks_.at(lobe.track);
  if (!lobe.awaited || track.track.last_frame > lobe.frame) {
    return;
  }
  held_events_.push_back(contrast_loss(track, lobe.area_px,
                                       SizeSample{.frame = now_.frame, .area_px = region.area_px}));
}

void OverlapTracker::begin_lobes(const Segmentation& segmentation, const std::vector<Mask>& masks,
                                 Links& links) {
  const size_t count = segmentation.regions.size();
  std::vector<int32_t> track_of(count);
  std::vector<bool> is_new(count);
  for (size_t r = 0; r < count; ++r) {
    if (links.lobes_of[r].empty()) {
      track_of[r] = links.covered_by[r];
      is_new[r] = track_of[r] == 0;
    } else {
      track_of[r] = lobes_[links.lobes_of[r].front()].track;
    }
  }

  // New regions join what they touch by wide necks, the widest first.
  std::vector<Neck> wide;
  for (const Neck& neck : segmentation.necks) {
    if (imaging::is_one_particle(neck, options_.join_neck_ratio) &&
        (is_new[neck.a - 1] || is_new[neck.b - 1])) {
      wide.push_back(neck);
    }
  }
  std::stable_sort(wide.begin(), wide.end(),
                   [](const Neck& a, const Neck& b) { return a.ratio > b.ratio; });
  std::vector<size_t> root(count);
  std::iota(root.begin(), root.end(), 0);
  const auto root_of = [&](size_t r) {
    while (root[r] != r) {
      r = root[r] = root[root[r]];
    }
    return r;
  };
  for (const Neck& neck : wide) {
    const size_t a = root_of(static_cast<size_t>(neck.a) - 1);
    const size_t b = root_of(static_cast<size_t>(neck.b) - 1);
    if (a != b && (track_of[a] == 0 || track_of[b] == 0)) {
      root[std::max(a, b)] = std::min(a, b);
      track_of[std::min(a, b)] = std::max(track_of[a], track_of[b]);
    }
  }

  for (size_t r = 0; r < count; ++r) {
    if (!links.lobes_of[r].empty()) {
      continue;
    }
    int32_t& track = track_of[root_of(r)];
    if (!is_new[r]) {
      track = track == 0 ? links.covered_by[r] : track;
    } else if (track == 0) {
      LiveTrack& begun = begin_track(now_.frame);
      begun.born = now_.frame > 0;
      track = begun.track.id;
    }
    const int32_t owner = is_new[r] ? track : links.covered_by[r];
    const Region& region = segmentation.regions[r];
    const size_t l = begin_lobe(owner, region, masks[r]);
    links.lobes_of[r] = {static_cast<int32_t>(l)};
    if (!region.touches_border && !touches_another(segmentation, static_cast<int32_t>(r) + 1)) {
      add_area(lobes_[l].alone_px, region.area_px);
    }
  }
}

size_t OverlapTracker::begin_lobe(int32_t track, const Region& region, const Mask& mask) {
  Lobe lobe{.id = ++last_lobe_id_, .track = track, .begun = now_.frame};
  see(lobe, now_.frame, region.centroid, now_.drift, region.area_px, mask);
  if (!region.touches_border) {
    note_whole(lobe);
  }
  lobes_.push_back(std::move(lobe));
  return lobes_.size() - 1;
}

void OverlapTracker::glimpse_tracks(const Segmentation& segmentation, const Links& links) {
  std::map<int32_t, Glimpse> glimpses;
  for (size_t r = 0; r < segmentation.regions.size(); ++r) {
    const Region& region = segmentation.regions[r];
    for (const int32_t l : links.lobes_of[r]) {
      const Lobe& lobe = lobes_[l];
      // In a shared region a track is where its lobe is, not where the region is.
      const Point at = lobe.position + now_.drift;
      const double area_px = lobe.shared ? lobe.area_px : region.area_px;
      const auto [found, is_new] = glimpses.try_emplace(lobe.track);
      Glimpse& glimpse = found->second;
      if (is_new) {
        glimpse = {.frame = now_.frame,
                   .centroid = at,
                   .box = region.box,
                   .area_px = area_px,
                   .cut = region.touches_border};
        continue;
      }
      const double sum_px = glimpse.area_px + area_px;
      const double share = area_px / std::max(1.0, sum_px);
      glimpse.centroid.y_px += share * (at.y_px - glimpse.centroid.y_px);
      glimpse.centroid.x_px += share * (at.x_px - glimpse.centroid.x_px);
      glimpse.area_px = sum_px;
      glimpse.box = glimpse.box.joined(region.box);
      glimpse.cut = glimpse.cut || region.touches_border;
    }
  }
  for (const auto& [id, seen] : glimpses) {
    glimpse(tracks_.at(id), seen);
  }
}

void OverlapTracker::hold(const TrackerFrame& frame, const Segmentation& segmentation,
                          std::vector<Mask>& masks, const Links& links) {
  HeldFrame held{.index = frame.index,
                 .time = frame.time,
                 .coverage = packed(segmentation.coverage),
                 .regions = {},
                 .touching = {},
                 .joined = {},
                 .values = {},
                 .necks = {}};
  for (const auto& [tracks, neck] : necks_) {
    held.necks.push_back(neck);
  }
  if (!links.reach_px.empty()) {
    held.values["link_reach_px"] = median(links.reach_px);
  }
  for (size_t r = 0; r < masks.size(); ++r) {
    HeldRegion region{.cluster = segmentation.regions[r].cluster,
                      .mask = std::move(masks[r]),
                      .area_px = segmentation.regions[r].area_px,
                      .cut = segmentation.regions[r].touches_border,
                      .lobes = {}};
    for (const int32_t l : links.lobes_of[r]) {
      region.lobes.push_back({.lobe = lobes_[l].id, .track = lobes_[l].track});
    }
    held.regions.push_back(std::move(region));
  }
  held_.push_back(std::move(held));
}

void OverlapTracker::drop_absorbed_lobes() {
  std::set<int32_t> sharing;
  for (const Lobe& lobe : lobes_) {
    if (lobe.shared) {
      sharing.insert(lobe.id);
    }
  }
  std::set<int32_t> absorbed;
  for (const auto& [pair, bond] : bonds_) {
    const bool one = sharing.contains(pair.first) && sharing.contains(pair.second) &&
                     bond.series.samples.size() > static_cast<size_t>(2 * kHalfWindow) &&
                     std::all_of(bond.series.samples.begin(), bond.series.samples.end(),
                                 [](const PairSample& s) { return s.ratio == kInseparable; });
    if (one && !absorbed.contains(pair.first)) {
      absorbed.insert(pair.second);
    }
  }
  drop_lobes(absorbed);
}

void OverlapTracker::drop_lobes(const std::set<int32_t>& ids) {
  if (ids.empty()) {
    return;
  }
  std::erase_if(lobes_, [&](const Lobe& lobe) { return ids.contains(lobe.id); });
  std::erase_if(bonds_, [&](const auto& bond) {
    return ids.contains(bond.first.first) || ids.contains(bond.first.second);
  });
}

bool OverlapTracker::has_faded(int32_t track) const {
  return std::any_of(lobes_.begin(), lobes_.end(),
                     [track](const Lobe& lobe) { return lobe.track == track && lobe.faded; });
}

/// Whether the track has no other lobe, and touches no other track.
bool OverlapTracker::is_alone(const Lobe& lobe) const {
  const bool touches =
      std::any_of(contacts_.pairs().begin(), contacts_.pairs().end(), [&](const auto& pair) {
        const auto& [tracks, contact] = pair;
        return contact.open && (tracks.first == lobe.track || tracks.second == lobe.track);
      });
  return !touches && std::none_of(lobes_.begin(), lobes_.end(), [&](const Lobe& other) {
    return other.track == lobe.track && other.id != lobe.id;
  });
}

void OverlapTracker::end_missing() {
  std::set<int32_t> ended;
  for (Lobe& lobe : lobes_) {
    if (!lobe.missing || !has_lasted(lobe.missing_since, now_.time, options_.max_gap)) {
      continue;
    }
    if (!lobe.awaited && is_alone(lobe) && is_full_size(tracks_.at(lobe.track))) {
      lobe.awaited = true;
      lobe.sights.clear();  // it is awaited where it was
    }
    if (!lobe.awaited || has_lasted(lobe.missing_since, now_.time, options_.max_contrast_gap)) {
      ended.insert(lobe.id);
    }
  }
  drop_lobes(ended);
}

}  // namespace mote::track
