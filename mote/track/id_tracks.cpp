#include "mote/track/id_tracks.h"

#include <algorithm>
#include <cmath>

#include "mote/core/error.h"
#include "mote/core/require.h"
#include "mote/imaging/regions.h"
#include "mote/track/track_archive.h"

namespace mote::track {
namespace {

constexpr int64_t kLongestGap = 4;  // LiveTrack keeps five glimpses

/// Of what is labelled in `labels`, who covers most of `mask` moved by `shift`, and how much of it:
/// (0, 0) where nobody covers anything.
std::pair<int32_t, double> cover_of(const Mask& mask, Point shift, const LabelImage& labels) {
  std::map<int32_t, int64_t> covered_px;
  const auto dy = static_cast<int64_t>(std::lround(shift.y_px));
  const auto dx = static_cast<int64_t>(std::lround(shift.x_px));
  for (const Run& run : mask.runs) {
    for (int64_t x = run.x + dx; x < run.x + dx + run.length; ++x) {
      if (labels.size().contains(run.y + dy, x) && labels(run.y + dy, x) != 0) {
        ++covered_px[labels(run.y + dy, x)];
      }
    }
  }
  std::pair<int32_t, int64_t> most = {0, 0};
  for (const auto& [label, count] : covered_px) {
    most = count > most.second ? std::pair(label, count) : most;
  }
  return {most.first, static_cast<double>(most.second) / static_cast<double>(mask.area_px())};
}

/// Of the piece that lies nearest to `place`, or 0 where there is none.
int32_t nearest_number(const std::vector<Piece>& pieces, Point place) {
  const auto nearest =
      std::min_element(pieces.begin(), pieces.end(), [place](const Piece& a, const Piece& b) {
        return std::hypot(a.centroid.y_px - place.y_px, a.centroid.x_px - place.x_px) <
               std::hypot(b.centroid.y_px - place.y_px, b.centroid.x_px - place.x_px);
      });
  return nearest == pieces.end() ? 0 : nearest->number;
}

template <typename Type>
std::vector<Type> since(const std::vector<Type>& values, int64_t frame) {
  std::vector<Type> later;
  std::copy_if(values.begin(), values.end(), std::back_inserter(later),
               [frame](const Type& value) { return value.frame >= frame; });
  return later;
}

}  // namespace

IdTracks::IdTracks(const IdTracksOptions& options, Size field) : options_(options), field_(field) {
  require_option(options.max_gap_frames >= 0 && options.max_gap_frames <= kLongestGap,
                 "max-gap-frames", options.max_gap_frames, "0 to 4");
  require_option(options.min_merge_share > 0 && options.min_merge_share <= 1, "min-merge-share",
                 options.min_merge_share, "more than 0, 1 at most");
  require_option(options.min_piece_share > 0 && options.min_piece_share <= 0.5, "min-piece-share",
                 options.min_piece_share, "more than 0, 0.5 at most");
  require_option(options.lag_frames > options.max_gap_frames, "lag-frames", options.lag_frames,
                 "more than max-gap-frames");
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

/// Takes what a frame shows into held_ and objects_; the objects that are new.
std::vector<int32_t> IdTracks::see(IdFrame& frame) {
  PieceLabels pieces = pieces_of(frame.ids);
  Segmentation segmentation =
      imaging::segmentation_of(std::move(pieces.labels), std::move(frame.coverage));
  imaging::mark_cut(segmentation, frame.excluded);
  std::map<int32_t, Mask> masks = masks_of(segmentation.labels);
  Held& held = held_.emplace_back();
  held.frame.index = frame.index;
  held.frame.time = frame.time;
  held.frame.coverage = packed(segmentation.coverage);
  held.drift = frame.drift;
  held.necks = std::move(segmentation.necks);
  std::map<int32_t, std::vector<size_t>> of_object;
  for (const Region& region : segmentation.regions) {
    of_object[pieces.ids[held.centroids.size()]].push_back(held.centroids.size());
    held.centroids.push_back(region.centroid);
    held.frame.regions.push_back({.cluster = region.cluster,
                                  .mask = std::move(masks.at(region.label)),
                                  .area_px = region.area_px,
                                  .cut = region.touches_border,
                                  .lobes = {}});
  }

  std::vector<int32_t> added;
  std::map<int32_t, Mask> whole_masks = masks_of(frame.ids);
  for (const auto& [id, regions] : of_object) {
    const auto [at, is_new] = objects_.try_emplace(id);
    Object& object = at->second;
    if (is_new) {
      object.live = begin_track(frame.index);
      added.push_back(id);
    }
    object.mask = std::move(whole_masks.at(id));
    object.drift = frame.drift;
    object.covered_by = 0;
    take_regions(object, regions);
    glimpse(object.live, *glimpse_of(held.frame, object.live.track.id));
  }
  return added;
}

/// What of `regions` of the latest frame is large enough for a piece.
std::vector<Piece> IdTracks::pieces_among(const std::vector<size_t>& regions, double area_px,
                                          const std::optional<WholeObject>& whole) const {
  const Held& held = held_.back();
  const double least_px =
      std::max(options_.min_piece_share * area_px, static_cast<double>(options_.min_piece_area_px));
  std::vector<Piece> pieces;
  for (const size_t r : regions) {
    const HeldRegion& region = held.frame.regions[r];
    if (region.area_px < least_px) {
      continue;
    }
    const int64_t covered_px =
        whole ? common_px(region.mask, whole->drift - held.drift, whole->mask) : 0;
    pieces.push_back({.number = 0,
                      .centroid = held.centroids[r],
                      .area_px = region.area_px,
                      .covered_share = static_cast<double>(covered_px) /
                                       static_cast<double>(region.mask.area_px())});
  }
  return pieces;
}

/// Tells which regions of the latest frame are which pieces of `object`, whose they are.
void IdTracks::take_regions(Object& object, const std::vector<size_t>& regions) {
  Held& held = held_.back();
  double area_px = 0;
  for (const size_t r : regions) {
    area_px += held.frame.regions[r].area_px;
  }
  std::vector<Piece> pieces = pieces_among(regions, area_px, object.whole);
  const bool is_whole = pieces.size() < 2;
  if (is_whole || object.live.track.last_frame < held.frame.index - 1) {
    object.parting.reset();
  }
  if (is_whole) {
    object.whole = WholeObject{.mask = object.mask, .drift = held.drift, .area_px = area_px};
  } else if (object.whole) {
    follow_pieces(object.parting, held.frame.index, held.frame.time, held.drift, *object.whole,
                  pieces, last_piece_);
  }
  for (const size_t r : regions) {
    held.frame.regions[r].lobes = {
        {.lobe = nearest_number(pieces, held.centroids[r]), .track = object.live.track.id}};
  }
}

void IdTracks::look_for_cover(int64_t frame, const LabelImage& ids, Point drift) {
  for (auto& [id, object] : objects_) {
    if (object.live.track.last_frame == frame - 1) {
      std::tie(object.covered_by, object.share) = cover_of(object.mask, drift - object.drift, ids);
    }
  }
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

/// `date`: the frame in which the objects had vanished.
void IdTracks::merge(const std::set<int32_t>& vanished, int32_t survivor, int64_t date) {
  LiveTrack& parent = objects_.at(survivor).live;
  LiveTrack child = begin_child(date, parent.track.id);
  child.track.last_frame = parent.track.last_frame;
  child.first = since(parent.last, date);
  child.last = child.first;
  child.first_sizes = since(parent.last_sizes, date);
  child.last_sizes = child.first_sizes;
  child.frames_seen = static_cast<int64_t>(child.first.size());
  std::copy_if(parent.gaps.begin(), parent.gaps.end(), std::back_inserter(child.gaps),
               [date](const Gap& gap) { return gap.first > date; });

  Event event{.type = EventType::kCoalescence,
              .frame_before = date - 1,
              .frame = date,
              .tracks = {},
              .children = {child.track.id},
              .position = child.first.front().centroid,
              .confidence = 1,
              .evidence = {{"decided_frame", static_cast<double>(now_)},
                           {"area_after_px2", child.first.front().area_px}}};
  for (const int32_t id : vanished) {
    const Object& object = objects_.at(id);
    child.track.parents.push_back(object.live.track.id);
    event.confidence = std::min(event.confidence, object.share);
    hand_back(object.live);
    objects_.erase(id);
  }
  event.evidence["overlap_share"] = event.confidence;
  std::sort(child.track.parents.begin(), child.track.parents.end());
  event.tracks = child.track.parents;
  output_.events.push_back(event);

  for (Held& held : held_) {
    if (held.frame.index >= date) {
      rename_track(held.frame, parent.track.id, child.track.id);
    }
  }
  end_in(parent, last_seen_before(parent, date));
  hand_back(parent);
  Object& both = objects_.at(survivor);
  both.live = std::move(child);
  both.whole.reset();
  both.parting.reset();
}

/// Who goes on as both, or 0.
int32_t IdTracks::survivor_of(const Object& object) const {
  const auto found = objects_.find(object.covered_by);
  const bool merges = found != objects_.end() && object.share >= options_.min_merge_share &&
                      found->second.live.track.first_frame <= object.live.track.last_frame;
  return merges ? object.covered_by : 0;
}

/// Decides on what has been missing for more than `longest_gap` frames, in the order in which it
/// vanished.
void IdTracks::settle(int64_t longest_gap) {
  std::map<int64_t, std::vector<int32_t>> due;  // by date
  for (const auto& [id, object] : objects_) {
    const int64_t last = object.live.track.last_frame;
    if (now_ - last > longest_gap) {
      due[last + 1].push_back(id);
    }
  }
  for (const auto& [date, vanished] : due) {
    std::map<int32_t, std::set<int32_t>> into;  // by who goes on
    for (const int32_t id : vanished) {
      into[survivor_of(objects_.at(id))].insert(id);
    }
    for (const auto& [survivor, merging] : into) {
      if (survivor != 0) {
        merge(merging, survivor, date);
      }
    }
    for (const int32_t id : into[0]) {
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
  const std::vector<int32_t> added = see(frame);
  look_for_cover(frame.index, frame.ids, frame.drift);
  settle(options_.max_gap_frames);
  split_what_left_pieces(added);
  split_what_parted(frame.largest_id);
  hand_back_frames(now_ - options_.lag_frames);
  return std::exchange(output_, {});
}

TrackerOutput IdTracks::finish() {
  settle(0);
  for (const auto& [id, object] : objects_) {
    hand_back(object.live);
  }
  objects_.clear();
  hand_back_frames(now_);
  return std::exchange(output_, {});
}

template <typename Archive>
void archive(Archive& archive, WholeObject& whole) {
  archive(whole.mask, whole.drift, whole.area_px);
}

template <typename Archive>
void archive(Archive& archive, Piece& piece) {
  archive(piece.number, piece.centroid, piece.area_px, piece.covered_share);
}

template <typename Archive>
void archive(Archive& archive, Parting& parting) {
  archive(parting.frame, parting.time, parting.is_plausible, parting.whole_px, parting.pieces,
          parting.drift);
}

template <typename Archive>
void archive(Archive& archive, Neck& neck) {
  archive(neck.a, neck.b, neck.width_px, neck.ratio);
}

template <typename Archive>
void archive(Archive& archive, IdTracks::Held& held) {
  archive(held.frame, held.drift, held.necks, held.centroids);
}

template <typename Archive>
void archive(Archive& archive, IdTracks::Object& object) {
  archive(object.live, object.mask, object.drift, object.covered_by, object.share, object.whole,
          object.parting);
}

std::string IdTracks::save_state() const {
  ArchiveWriter content;
  int64_t now = now_;
  int32_t last_track_id = last_track_id_;
  int32_t last_piece = last_piece_;
  std::map<int32_t, Object> objects = objects_;
  std::deque<Held> held = held_;
  content(now, last_track_id, last_piece, objects, held);
  return content.take();
}

void IdTracks::load_state(std::string_view state) {
  ArchiveReader reader(state);
  IdTracks loaded(options_, field_);
  reader(loaded.now_, loaded.last_track_id_, loaded.last_piece_, loaded.objects_, loaded.held_);
  reader.expect_end();
  *this = std::move(loaded);
}

}  // namespace mote::track
