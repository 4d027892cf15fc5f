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

template <typename Type>
std::vector<Type> since(const std::vector<Type>& values, int64_t frame) {
  std::vector<Type> later;
  std::copy_if(values.begin(), values.end(), std::back_inserter(later),
               [frame](const Type& value) { return value.frame >= frame; });
  return later;
}

TrackedNeck tracked_neck(const Neck& neck, const Segmentation& segmentation,
                         const std::vector<TrackedInstance>& instances) {
  size_t low = static_cast<size_t>(neck.a) - 1;
  size_t high = static_cast<size_t>(neck.b) - 1;
  if (instances[low].tracks.front() > instances[high].tracks.front()) {
    std::swap(low, high);
  }
  return {.a = instances[low].tracks.front(),
          .b = instances[high].tracks.front(),
          .ratio = neck.ratio,
          .width_px = neck.width_px,
          .apart = segmentation.regions[high].centroid - segmentation.regions[low].centroid,
          .excess = {}};
}

}  // namespace

IdTracks::IdTracks(const IdTracksOptions& options, Size field) : options_(options), field_(field) {
  require_option(options.max_gap_frames >= 0 && options.max_gap_frames <= kLongestGap,
                 "max-gap-frames", options.max_gap_frames, "0 to 4");
  require_option(options.min_merge_share > 0 && options.min_merge_share <= 1, "min-merge-share",
                 options.min_merge_share, "more than 0, 1 at most");
}

LiveTrack IdTracks::begin_track(int64_t frame) {
  LiveTrack live;
  live.track = {.id = ++last_track_id_, .first_frame = frame, .last_frame = frame, .parents = {}};
  live.born = frame > 0;
  return live;
}

void IdTracks::see(int64_t frame, const Segmentation& segmentation,
                   const std::map<int32_t, Mask>& masks, Point drift) {
  auto region = segmentation.regions.begin();
  for (const auto& [id, mask] : masks) {
    const auto [at, is_new] = objects_.try_emplace(id);
    Object& object = at->second;
    if (is_new) {
      object.live = begin_track(frame);
    }
    object.mask = mask;
    object.drift = drift;
    object.covered_by = 0;
    glimpse(object.live, {.frame = frame,
                          .centroid = region->centroid,
                          .box = region->box,
                          .area_px = region->area_px,
                          .cut = region->touches_border});
    ++region;
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
  LiveTrack child = begin_track(date);
  child.born = false;
  child.track.last_frame = parent.track.last_frame;
  child.track.parents = {parent.track.id};
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

  output_.reassignments.push_back(
      {.first_frame = date, .last_frame = now_, .from = {parent.track.id}, .to = {child.track.id}});
  end_in(parent, last_seen_before(parent, date));
  hand_back(parent);
  objects_.at(survivor).live = std::move(child);
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

TrackerOutput IdTracks::push(IdFrame frame) {
  if (frame.ids.size() != field_) {
    throw Error(ErrorKind::kUsage, "labels of {} x {} px in a field of {} x {} px",
                frame.ids.height(), frame.ids.width(), field_.height, field_.width);
  }
  Segmentation segmentation = imaging::segmentation_of(frame.ids, std::move(frame.coverage));
  imaging::mark_cut(segmentation, frame.excluded);
  const std::map<int32_t, Mask> masks = masks_of(frame.ids);
  now_ = frame.index;
  see(frame.index, segmentation, masks, frame.drift);
  look_for_cover(frame.index, frame.ids, frame.drift);
  settle(options_.max_gap_frames);

  TrackedFrame result{.index = frame.index};
  auto region = segmentation.regions.begin();
  for (const auto& [id, mask] : masks) {
    result.instances.push_back({.label = region->label,
                                .cluster = region->cluster,
                                .tracks = {objects_.at(id).live.track.id}});
    ++region;
  }
  for (const Neck& neck : segmentation.necks) {
    result.necks.push_back(tracked_neck(neck, segmentation, result.instances));
  }
  result.labels = std::move(segmentation.labels);
  result.coverage = std::move(segmentation.coverage);
  output_.frames.push_back(std::move(result));
  return std::exchange(output_, {});
}

TrackerOutput IdTracks::finish() {
  settle(0);
  for (const auto& [id, object] : objects_) {
    hand_back(object.live);
  }
  objects_.clear();
  return std::exchange(output_, {});
}

template <typename Archive>
void archive(Archive& archive, IdTracks::Object& object) {
  archive(object.live, object.mask, object.drift, object.covered_by, object.share);
}

std::string IdTracks::save_state() const {
  ArchiveWriter content;
  int64_t now = now_;
  int32_t last_track_id = last_track_id_;
  std::map<int32_t, Object> objects = objects_;
  content(now, last_track_id, objects);
  return content.take();
}

void IdTracks::load_state(std::string_view state) {
  ArchiveReader reader(state);
  IdTracks loaded(options_, field_);
  reader(loaded.now_, loaded.last_track_id_, loaded.objects_);
  reader.expect_end();
  *this = std::move(loaded);
}

}  // namespace mote::track
