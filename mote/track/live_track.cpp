#include "mote/track/live_track.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "mote/core/median.h"

namespace mote::track {
namespace {

constexpr size_t kGlimpses = 5;
constexpr size_t kSizes = 30;
/// Of the median area before, below which a track was shrinking.
constexpr double kFullSize = 0.7;

constexpr int64_t kBefore = -1;
constexpr int64_t kAfter = std::numeric_limits<int64_t>::max() / 2;

/// The frames from kBefore to kAfter in which the track is not there, or which lie before `from`.
std::vector<Gap> absent(const LiveTrack& track, int64_t from) {
  std::vector<Gap> absent = {
      {.first = kBefore, .last = std::max(from, track.track.first_frame) - 1}};
  absent.insert(absent.end(), track.gaps.begin(), track.gaps.end());
  absent.push_back({.first = track.track.last_frame + 1, .last = kAfter});
  return absent;
}

/// In order, those that touch as one.
std::vector<Gap> joined(std::vector<Gap> gaps) {
  std::sort(gaps.begin(), gaps.end(), [](const Gap& a, const Gap& b) { return a.first < b.first; });
  std::vector<Gap> joined;
  for (const Gap& gap : gaps) {
    if (!joined.empty() && gap.first <= joined.back().last + 1) {
      joined.back().last = std::max(joined.back().last, gap.last);
    } else {
      joined.push_back(gap);
    }
  }
  return joined;
}

/// The track is there between the first and the last of `gaps`, but for those between.
void keep_between(LiveTrack& track, const std::vector<Gap>& gaps) {
  track.track.first_frame = gaps.front().last + 1;
  track.track.last_frame = gaps.back().first - 1;
  track.gaps.assign(gaps.begin() + 1, gaps.end() - 1);
}

Point velocity(const std::vector<Glimpse>& glimpses) {
  const Glimpse& first = glimpses.front();
  const Glimpse& last = glimpses.back();
  if (last.frame == first.frame) {
    return {};
  }
  const auto frames = static_cast<double>(last.frame - first.frame);
  return {.y_px = (last.centroid.y_px - first.centroid.y_px) / frames,
          .x_px = (last.centroid.x_px - first.centroid.x_px) / frames};
}

/// Whether the box lies at the border, or did so a frame of motion by `step` ago.
bool at_border(const Box& box, Point step, Size field, double border_px) {
  const auto near = [&](int64_t distance_px, double inward_px) {
    return static_cast<double>(distance_px) <= border_px + std::max(0.0, inward_px);
  };
  return near(box.y, step.y_px) || near(box.x, step.x_px) ||
         near(field.height - box.y_end(), -step.y_px) ||
         near(field.width - box.x_end(), -step.x_px);
}

double border_distance_px(const Box& box, Size field) {
  return static_cast<double>(
      std::min({box.y, box.x, field.height - box.y_end(), field.width - box.x_end()}));
}

/// A track that was seen in a few frames only may be noise.
double confidence_of(const LiveTrack& track) {
  return std::min(1.0, static_cast<double>(track.frames_seen) / static_cast<double>(kGlimpses));
}

Event event_of(const LiveTrack& track, const Glimpse& glimpse, Size field) {
  return {.type = EventType::kAppeared,
          .frame_before = glimpse.frame - 1,
          .frame = glimpse.frame,
          .tracks = {track.track.id},
          .children = {},
          .position = glimpse.centroid,
          .confidence = confidence_of(track),
          .evidence = {
              {"area_px2", glimpse.area_px},
              {"border_distance_px", glimpse.cut ? 0 : border_distance_px(glimpse.box, field)}}};
}

/// How its size went, as evidence of why a track begins or ends.
void add_trend(const SizeTrend& trend, Event& event) {
  event.evidence["radius_first_px"] = trend.first_px;
  event.evidence["radius_last_px"] = trend.last_px;
  event.evidence["trend_px_per_frame"] = trend.per_frame_px;
  if (std::isfinite(trend.significance)) {
    event.evidence["trend_significance"] = trend.significance;
  }
}

/// Takes out what was seen in the frames of which `is_forgotten`. The last glimpses stay where all
/// of them would go: a track has one.
template <typename IsForgotten>
void forget(LiveTrack& track, const IsForgotten& is_forgotten) {
  const auto in_forgotten = [&](const auto& seen) { return is_forgotten(seen.frame); };
  std::erase_if(track.first, in_forgotten);
  std::erase_if(track.first_sizes, in_forgotten);
  std::erase_if(track.last_sizes, in_forgotten);
  if (!std::all_of(track.last.begin(), track.last.end(), in_forgotten)) {
    std::erase_if(track.last, in_forgotten);
  }
}

}  // namespace

void glimpse(LiveTrack& track, const Glimpse& glimpse) {
  const int64_t missed = track.track.last_frame + 1;
  if (track.frames_seen > 0 && missed < glimpse.frame) {
    track.gaps.push_back({.first = missed, .last = glimpse.frame - 1});
  }
  track.track.last_frame = glimpse.frame;
  ++track.frames_seen;
  if (track.first.size() < kGlimpses) {
    track.first.push_back(glimpse);
  }
  if (track.last.size() == kGlimpses) {
    track.last.erase(track.last.begin());
  }
  track.last.push_back(glimpse);
  if (glimpse.cut) {
    return;
  }
  const SizeSample size{.frame = glimpse.frame, .area_px = glimpse.area_px};
  if (track.first_sizes.size() < kSizes) {
    track.first_sizes.push_back(size);
  }
  if (track.last_sizes.size() == kSizes) {
    track.last_sizes.erase(track.last_sizes.begin());
  }
  track.last_sizes.push_back(size);
}

bool is_full_size(const LiveTrack& track) {
  std::vector<double> areas_px;
  for (const SizeSample& sample : track.last_sizes) {
    areas_px.push_back(sample.area_px);
  }
  const std::optional<SizeTrend> trend = size_trend(track.last_sizes);
  return trend && !is_dissolving(*trend) && !track.last.back().cut &&
         track.last.back().area_px >= kFullSize * median(areas_px);
}

Event contrast_loss(const LiveTrack& track, double before_px,
                    const std::optional<SizeSample>& back) {
  const int64_t last = track.track.last_frame;
  Event event{.type = EventType::kContrastLost,
              .frame_before = last,
              .frame = last + 1,
              .tracks = {track.track.id},
              .children = {},
              .position = track.last.back().centroid,
              .confidence = 0,
              .evidence = {{"area_px2", before_px}}};
  if (back) {
    event.confidence = std::max(0.0, 1 - std::abs(std::log(back->area_px / before_px)));
    event.evidence["until_frame"] = static_cast<double>(back->frame);
    event.evidence["area_after_px2"] = back->area_px;
  }
  return event;
}

void end_in(LiveTrack& track, int64_t last_frame) {
  track.frames_seen -= track.track.last_frame - last_frame;
  for (const Gap& gap : track.gaps) {
    track.frames_seen += gap.first > last_frame ? gap.last - gap.first + 1 : 0;
  }
  track.track.last_frame = last_frame;
  std::erase_if(track.gaps, [&](const Gap& gap) { return gap.first > last_frame; });
  forget(track, [&](int64_t frame) { return frame > last_frame; });
}

bool unsee(LiveTrack& track, int64_t frame) {
  Track& known = track.track;
  if (known.first_frame == known.last_frame) {
    return false;
  }
  std::vector<Gap> gaps = {{.first = known.first_frame - 1, .last = known.first_frame - 1}};
  gaps.insert(gaps.end(), track.gaps.begin(), track.gaps.end());
  gaps.push_back({.first = known.last_frame + 1, .last = known.last_frame + 1});
  gaps.push_back({.first = frame, .last = frame});
  keep_between(track, joined(std::move(gaps)));
  --track.frames_seen;
  forget(track, [&](int64_t seen) { return seen == frame; });
  return true;
}

int64_t last_seen_before(const LiveTrack& track, int64_t frame) {
  int64_t last = std::min(frame - 1, track.track.last_frame);
  for (auto gap = track.gaps.rbegin(); gap != track.gaps.rend(); ++gap) {
    if (gap->first <= last && last <= gap->last) {
      last = gap->first - 1;
    }
  }
  return last;
}

void unite(LiveTrack& track, const LiveTrack& a, const LiveTrack& b, int64_t from) {
  const std::vector<Gap> absent_a = joined(absent(a, from));
  const std::vector<Gap> absent_b = joined(absent(b, from));
  std::vector<Gap> both;
  for (auto x = absent_a.begin(), y = absent_b.begin();
       x != absent_a.end() && y != absent_b.end();) {
    const Gap shared{.first = std::max(x->first, y->first), .last = std::min(x->last, y->last)};
    if (shared.first <= shared.last) {
      both.push_back(shared);
    }
    if (x->last < y->last) {
      ++x;
    } else {
      ++y;
    }
  }
  keep_between(track, joined(std::move(both)));
}

std::optional<Event> birth_of(const LiveTrack& track, Size field, double border_px) {
  if (!track.born || track.first.empty()) {
    return std::nullopt;
  }
  const Glimpse& first = track.first.front();
  Event event = event_of(track, first, field);
  event.frame_before = track.track.first_frame - 1;
  event.frame = track.track.first_frame;
  if (first.cut || at_border(first.box, velocity(track.first), field, border_px)) {
    event.type = EventType::kEntered;
    return event;
  }
  if (const std::optional<SizeTrend> trend = size_trend(track.first_sizes)) {
    add_trend(*trend, event);
    event.type = is_nucleating(*trend) ? EventType::kNucleated : event.type;
  }
  return event;
}

Event death_of(const LiveTrack& track, Size field, double border_px) {
  const Glimpse& last = track.last.back();
  const Point step = velocity(track.last);
  Event event = event_of(track, last, field);
  const bool leaves =
      last.cut || at_border(last.box, {.y_px = -step.y_px, .x_px = -step.x_px}, field, border_px);
  event.type = leaves ? EventType::kLeft : EventType::kLost;
  const std::optional<SizeTrend> trend = size_trend(track.last_sizes);
  if (trend && !leaves) {
    add_trend(*trend, event);
    event.type = is_dissolving(*trend) ? EventType::kDissolved : event.type;
  }
  event.frame_before = track.track.last_frame;
  event.frame = track.track.last_frame + 1;
  return event;
}

}  // namespace mote::track
