#include "mote/track/id_tracks.h"

#include <algorithm>
#include <cmath>

#include "mote/core/error.h"
#include "mote/core/require.h"
#include "mote/imaging/components.h"
#include "mote/imaging/regions.h"

namespace mote::track {
namespace {

/// Of the piece that lies nearest to `place`, or 0 where there is none.
int32_t nearest_number(const std::vector<Piece>& pieces, Point place) {
  const auto nearest =
      std::min_element(pieces.begin(), pieces.end(), [place](const Piece& a, const Piece& b) {
        return std::hypot(a.centroid.y_px - place.y_px, a.centroid.x_px - place.x_px) <
               std::hypot(b.centroid.y_px - place.y_px, b.centroid.x_px - place.x_px);
      });
  return nearest == pieces.end() ? 0 : nearest->number;
}

}  // namespace

IdTracks::IdTracks(const IdTracksOptions& options, Size field) : options_(options), field_(field) {
  require_option(options.max_gap_frames >= 0, "max-gap-frames", options.max_gap_frames,
                 "0 or more");
  require_option(options.lag_frames > options.max_gap_frames, "lag-frames", options.lag_frames,
                 "more than max-gap-frames");
  require_option(options.min_merge_share > 0 && options.min_merge_share <= 1, "min-merge-share",
                 options.min_merge_share, "more than 0, 1 at most");
  require_option(options.confirm >= 0 && std::isfinite(options.confirm), "confirm", options.confirm,
                 "0 or more");
  require_option(options.min_piece_share > 0 && options.min_piece_share <= 0.5, "min-piece-share",
                 options.min_piece_share, "more than 0, 0.5 at most");
  require_option(options.min_piece_area_px >= 1, "min-piece-area-px", options.min_piece_area_px,
                 "1 or more");
}

LiveTrack IdTracks::begin_track(int64_t frame) {
  LiveTrack live;
  live.track = {.id = ++last_track_id_, .first_frame = frame, .last_frame = frame, .parents = {}};
  live.born = frame > 0;
  return live;
}

LiveTrack IdTracks::begin_child(int64_t frame, int32_t parent) {
  LiveTrack live = begin_track(frame);
  live.born = false;
  live.track.parents = {parent};
  return live;
}

/// Takes into a new track what the frames that are held show of it.
void IdTracks::see_held(LiveTrack& live) const {
  for (const Held& held : held_) {
    if (const auto seen = glimpse_of(held.frame, live.track.id)) {
      glimpse(live, *seen);
    }
  }
}

/// Takes a frame into held_; gives its regions by the object that they are of.
std::map<int32_t, std::vector<Piece>> IdTracks::hold(IdFrame frame) {
  imaging::LabelPieces pieces = imaging::pieces_of(frame.ids);
  const Segmentation segmentation =
      imaging::segmentation_of(std::move(pieces.numbers), std::move(frame.coverage));
  const std::vector<int32_t> cut = imaging::labels_beside(segmentation.labels, frame.excluded);
  std::map<int32_t, Mask> masks = masks_of(segmentation.labels);
  Held& held = held_.emplace_back();
  held.frame.index = frame.index;
  held.frame.time = frame.time;
  held.frame.coverage = packed(segmentation.coverage);
  held.drift = frame.drift;
  held.necks = segmentation.necks;
  std::map<int32_t, std::vector<Piece>> of_object;
  for (const Region& region : segmentation.regions) {
    const size_t number = held.centroids.size();
    const bool is_cut = std::binary_search(cut.begin(), cut.end(), region.label);
    of_object[pieces.labels[number]].push_back({.region = number,
                                                .centroid = region.centroid,
                                                .area_px = region.area_px,
                                                .is_cut = is_cut});
    held.centroids.push_back(region.centroid);
    held.frame.regions.push_back({.cluster = region.cluster,
                                  .mask = std::move(masks.at(region.label)),
                                  .area_px = region.area_px,
                                  .cut = region.touches_border || is_cut,
                                  .lobes = {}});
  }
  return of_object;
}

/// Takes what a frame shows into held_ and objects_; the objects that are new.
std::vector<int32_t> IdTracks::see(IdFrame frame) {
  std::map<int32_t, Mask> masks = masks_of(frame.ids);
  std::vector<int32_t> added;
  for (const auto& [id, regions] : hold(std::move(frame))) {
    const auto [at, is_new] = objects_.try_emplace(id);
    Object& object = at->second;
    if (is_new) {
      object.live = begin_track(now_);
      added.push_back(id);
    }
    object.mask = std::move(masks.at(id));
    object.drift = held_.back().drift;
    take_regions(object, regions);
    glimpse(object.live, *glimpse_of(held_.back().frame, object.live.track.id));
  }
  return added;
}

/// Tells which regions of the latest frame are which pieces of `object`, whose they are.
void IdTracks::take_regions(Object& object, const std::vector<Piece>& regions) {
  Held& held = held_.back();
  double area_px = 0;
  for (const Piece& region : regions) {
    area_px += region.area_px;
  }
  const double least_px =
      std::max(options_.min_piece_share * area_px, static_cast<double>(options_.min_piece_area_px));
  std::vector<Piece> pieces;
  std::copy_if(regions.begin(), regions.end(), std::back_inserter(pieces),
               [least_px](const Piece& region) { return region.area_px >= least_px; });

  const bool is_whole = pieces.size() < 2;
  if (is_whole || object.live.track.last_frame < now_ - 1) {
    object.parting.reset();
  }
  if (is_whole) {
    object.whole =
        WholeObject{.frame = now_, .mask = object.mask, .drift = held.drift, .area_px = area_px};
  } else if (object.whole) {
    for (Piece& piece : pieces) {
      const Mask& mask = held.frame.regions[piece.region].mask;
      const int64_t px = common_px(mask, object.whole->drift - held.drift, object.whole->mask);
      piece.covered_share = static_cast<double>(px) / static_cast<double>(mask.area_px());
    }
    follow_pieces(object.parting, now_, held.frame.time, held.drift, *object.whole, pieces);
  }
  for (const Piece& region : regions) {
    held.frame.regions[region.region].lobes = {
        {.lobe = nearest_number(pieces, region.centroid), .track = object.live.track.id}};
  }
  for (const Piece& piece : pieces) {
    held.frame.regions[piece.region].lobes.front().lobe = piece.number;
  }
}

const IdTracks::Held& IdTracks::held_in(int64_t frame) const {
  return held_[static_cast<size_t>(frame - held_.front().frame.index)];
}

std::optional<int32_t> IdTracks::object_of(int32_t track) const {
  const auto found = std::find_if(objects_.begin(), objects_.end(), [track](const auto& object) {
    return object.second.live.track.id == track;
  });
  return found == objects_.end() ? std::nullopt : std::optional(found->first);
}

/// Of the tracks in a frame, the one that covers most of a mask that was seen at `drift`, and how
/// much of it; (0, 0) where none covers anything.
std::pair<int32_t, double> IdTracks::cover_in(const Held& held, const Mask& mask, Point drift) {
  std::map<int32_t, int64_t> covered_px;  // by track
  for (const HeldRegion& region : held.frame.regions) {
    covered_px[region.lobes.front().track] += common_px(mask, held.drift - drift, region.mask);
  }
  std::pair<int32_t, int64_t> most = {0, 0};
  for (const auto& [track, pixels] : covered_px) {
    most = pixels > most.second ? std::pair(track, pixels) : most;
  }
  return {most.first, static_cast<double>(most.second) / static_cast<double>(mask.area_px())};
}

/// What covers most of where an object was last seen, in the frame in which it vanished.
std::optional<IdTracks::Cover> IdTracks::cover_of(const Object& vanished) const {
  const Held& held = held_in(vanished.live.track.last_frame + 1);
  const auto [track, share] = cover_in(held, vanished.mask, vanished.drift);
  const std::optional<int32_t> object = object_of(track);
  return object ? std::optional(Cover{.object = *object, .share = share}) : std::nullopt;
}

/// What goes on as both, if `vanished` does not come back.
std::optional<IdTracks::Cover> IdTracks::survivor_of(const Object& vanished) const {
  const std::optional<Cover> cover = cover_of(vanished);
  const bool merges =
      cover && cover->share >= options_.min_merge_share &&
      objects_.at(cover->object).live.track.first_frame <= vanished.live.track.last_frame;
  return merges ? cover : std::nullopt;
}

/// Whether `object` covers one that has vanished, in frame `until` or before, and may come back.
bool IdTracks::takes_in(int32_t object, int64_t until) const {
  return std::any_of(objects_.begin(), objects_.end(), [&](const auto& other) {
    const int64_t last = other.second.live.track.last_frame;
    if (last >= std::min(until, now_)) {
      return false;
    }
    const std::optional<Cover> cover = cover_of(other.second);
    return cover && cover->object == object;
  });
}

void IdTracks::hand_back(const LiveTrack& track) {
  if (const std::optional<Event> birth = birth_of(track, field_, options_.border_px)) {
    output_.events.push_back(*birth);
  }
  output_.tracks.push_back(track.track);
}

void IdTracks::die(int32_t object) {
  const LiveTrack& live = objects_.at(object).live;
  output_.events.push_back(death_of(live, field_, options_.border_px));
  hand_back(live);
  objects_.erase(object);
}

/// `vanished`: how much of each object is covered, by id; `date`: the frame in which they vanished.
void IdTracks::merge(const std::map<int32_t, double>& vanished, int32_t survivor, int64_t date) {
  Object& both = objects_.at(survivor);
  LiveTrack child = begin_child(date, both.live.track.id);
  for (Held& held : held_) {
    if (held.frame.index >= date) {
      rename_track(held.frame, both.live.track.id, child.track.id);
    }
  }
  see_held(child);

  Event event{.type = EventType::kCoalescence,
              .frame_before = date - 1,
              .frame = date,
              .tracks = {},
              .children = {child.track.id},
              .position = child.first.front().centroid,
              .confidence = 1,
              .evidence = {{"decided_frame", static_cast<double>(now_)},
                           {"area_after_px2", child.first.front().area_px}}};
  for (const auto& [id, share] : vanished) {
    const Object& object = objects_.at(id);
    child.track.parents.push_back(object.live.track.id);
    event.confidence = std::min(event.confidence, share);
    hand_back(object.live);
    objects_.erase(id);
  }
  event.evidence["overlap_share"] = event.confidence;
  std::sort(child.track.parents.begin(), child.track.parents.end());
  event.tracks = child.track.parents;
  output_.events.push_back(event);

  end_in(both.live, last_seen_before(both.live, date));
  hand_back(both.live);
  both.live = std::move(child);
  if (both.whole && both.whole->frame < date) {  // so is what its pieces were judged by
    both.whole.reset();
    both.parting.reset();
  }
}

/// Decides on what has been missing for more than `longest_gap` frames, in the order in which it
/// vanished.
void IdTracks::settle(int64_t longest_gap) {
  std::map<int64_t, std::vector<int32_t>> due;  // by date
  for (const auto& [id, object] : objects_) {
    const int64_t last = object.live.track.last_frame;
    if (now_ - last > longest_gap && !waits_for_split(object)) {
      due[last + 1].push_back(id);
    }
  }
  for (const auto& [date, vanished] : due) {
    std::map<int32_t, std::map<int32_t, double>> into;  // by who goes on
    std::vector<int32_t> ended;
    for (const int32_t id : vanished) {
      if (const std::optional<Cover> cover = survivor_of(objects_.at(id))) {
        into[cover->object][id] = cover->share;
      } else {
        ended.push_back(id);
      }
    }
    for (const auto& [survivor, merging] : into) {
      merge(merging, survivor, date);
    }
    for (const int32_t id : ended) {
      die(id);
    }
  }
}

/// The necks between regions as those of their tracks; of several between two tracks the widest.
std::vector<TrackedNeck> IdTracks::necks_in(const Held& held) {
  std::map<std::pair<int32_t, int32_t>, TrackedNeck> widest;
  for (const Neck& neck : held.necks) {
    size_t low = static_cast<size_t>(neck.a) - 1;
    size_t high = static_cast<size_t>(neck.b) - 1;
    const auto track_of = [&](size_t r) { return held.frame.regions[r].lobes.front().track; };
    if (track_of(low) > track_of(high)) {
      std::swap(low, high);
    }
    TrackedNeck& kept = widest[{track_of(low), track_of(high)}];
    if (!kept.ratio || *kept.ratio < neck.ratio) {
      kept = {.a = track_of(low),
              .b = track_of(high),
              .ratio = neck.ratio,
              .width_px = neck.width_px,
              .apart = held.centroids[high] - held.centroids[low],
              .excess = {}};
    }
  }
  std::vector<TrackedNeck> necks;
  necks.reserve(widest.size());
  for (const auto& [tracks, neck] : widest) {
    necks.push_back(neck);
  }
  return necks;
}

void IdTracks::hand_back_frames(int64_t until) {
  while (!held_.empty() && held_.front().frame.index <= until) {
    TrackedFrame frame = handed_back(held_.front().frame, field_);
    frame.necks = necks_in(held_.front());
    output_.frames.push_back(std::move(frame));
    held_.pop_front();
  }
}

TrackerOutput IdTracks::push(IdFrame frame) {
  if (frame.ids.size() != field_) {
    throw Error(ErrorKind::kUsage, "labels of {} x {} px in a field of {} x {} px",
                frame.ids.height(), frame.ids.width(), field_.height, field_.width);
  }
  now_ = frame.index;
  parted_.clear();
  const int32_t largest_id = frame.largest_id;
  const std::vector<int32_t> added = see(std::move(frame));
  settle(options_.max_gap_frames);
  split_what_left_pieces(added);
  split_what_parted(largest_id);
  hand_back_frames(now_ - options_.lag_frames);
  return std::exchange(output_, {});
}

TrackerOutput IdTracks::finish() {
  for (auto& [id, object] : objects_) {
    object.parting.reset();  // nothing will confirm it
  }
  settle(0);
  for (const auto& [id, object] : objects_) {
    hand_back(object.live);
  }
  objects_.clear();
  hand_back_frames(now_);
  return std::exchange(output_, {});
}

}  // namespace mote::track
