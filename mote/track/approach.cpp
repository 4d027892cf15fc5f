#include "mote/track/approach.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "mote/core/median.h"

namespace mote::track {
namespace {

constexpr double kHysteresisPx = 1.5;
constexpr size_t kMedianOf = 3;
constexpr int64_t kSettlingFrames = 1;
/// Excess of a gap up to which a pair is watched.
constexpr double kNearPx = 6;
/// Of what is remembered before a closing and after it.
constexpr size_t kFramesBefore = 8;
constexpr int64_t kFramesAfter = 8;
/// How far the contact may lie from the closing.
constexpr int64_t kFarthestFrames = 4;
/// Two that stick come nearer by no more than so much a frame, ...
constexpr double kMostClosingPx = 1;
/// ... and are no farther apart than usual by so much: some times the noise of a distance.
constexpr double kStickingPx = 2.5;
constexpr size_t kFewestDistances = 3;

/// Of two pairs of lobes in one frame, the nearer counts.
void add(std::deque<Approach::Sample>& samples, const Approach::Sample& sample) {
  if (samples.empty() || samples.back().frame != sample.frame) {
    samples.push_back(sample);
  } else if (sample.excess_px < samples.back().excess_px) {
    samples.back() = sample;
  }
}

void advance(Approach& approach, const Approach::Sample& sample) {
  if (!approach.closing || sample.frame <= approach.closing->frame + kFramesAfter) {
    add(approach.around, sample);
  }
  while (!approach.closing && approach.around.size() > kFramesBefore) {
    approach.around.pop_front();
  }
  if (sample.excess_px <= kHysteresisPx || !approach.samples.empty()) {
    add(approach.samples, sample);
  }
  if (approach.samples.size() > kMedianOf) {
    approach.samples.pop_front();
  }
}

/// To be called once a frame, when all its samples are there.
void judge(Approach& approach) {
  if (approach.samples.empty()) {
    return;
  }
  std::vector<double> excess_px;
  for (const Approach::Sample& sample : approach.samples) {
    excess_px.push_back(sample.excess_px);
  }
  const double now_px = median(excess_px);
  if (now_px > kHysteresisPx) {
    approach.closing.reset();
  }
  if (approach.closing && !approach.is_settled) {
    const Approach::Sample& latest = approach.samples.back();
    const bool in_time = latest.frame <= approach.closing->frame + kSettlingFrames;
    if (in_time && latest.excess_px <= -0.5 * latest.limit_px) {
      approach.closing = {.frame = latest.frame, .position = latest.position};
    }
    approach.is_settled = !in_time || latest.excess_px <= -0.5 * latest.limit_px;
  }
  if (!approach.closing && now_px <= 0) {
    const auto first = std::find_if(approach.samples.begin(), approach.samples.end(),
                                    [](const auto& sample) { return sample.excess_px <= 0; });
    approach.closing = {.frame = first->frame, .position = first->position};
    const auto tight = std::find_if(first, approach.samples.end(), [](const auto& sample) {
      return sample.excess_px <= -0.5 * sample.limit_px;
    });
    approach.is_settled = tight != approach.samples.end();
    if (approach.is_settled) {
      approach.closing = {.frame = tight->frame, .position = tight->position};
    }
  }
  if (!approach.closing && approach.samples.size() == kMedianOf &&
      std::all_of(approach.samples.begin(), approach.samples.end(),
                  [](const auto& sample) { return sample.excess_px > kHysteresisPx; })) {
    approach.samples.clear();  // what closes next is another contact
  }
}

/// The frames whose distances tell what two keep that stick.
struct Stretch {
  int64_t first = 0;
  int64_t last = 0;
};

/// The distance that two keep over a stretch; nothing with too few samples, and where they go on
/// coming nearer.
std::optional<double> kept_distance_px(const Approach& approach, Stretch stretch) {
  std::vector<double> distances_px;
  std::vector<double> closing_px;
  const Approach::Sample* previous = nullptr;
  for (const Approach::Sample& sample : approach.around) {
    if (sample.frame < stretch.first || sample.frame > stretch.last) {
      continue;
    }
    distances_px.push_back(sample.distance_px);
    if (previous != nullptr) {
      closing_px.push_back((previous->distance_px - sample.distance_px) /
                           static_cast<double>(sample.frame - previous->frame));
    }
    previous = &sample;
  }
  if (distances_px.size() < kFewestDistances || median(closing_px) > kMostClosingPx) {
    return std::nullopt;
  }
  return lower_median(distances_px);  // before they stick they are farther apart
}

/// The first sample within kFarthestFrames of `about`, up to the end of `stretch`, since which two
/// have kept the distance that they have in it; null where the distances do not tell.
const Approach::Sample* first_stuck(const Approach& approach, int64_t about, Stretch stretch) {
  const std::optional<double> kept_px = kept_distance_px(approach, stretch);
  if (!kept_px) {
    return nullptr;
  }
  std::vector<const Approach::Sample*> samples;
  for (const Approach::Sample& sample : approach.around) {
    if (std::abs(sample.frame - about) <= kFarthestFrames && sample.frame <= stretch.last) {
      samples.push_back(&sample);
    }
  }
  const auto sticks = [&](size_t i) { return samples[i]->distance_px <= *kept_px + kStickingPx; };
  size_t first = samples.size();
  while (first > 0 && samples[first - 1]->frame >= stretch.first && !sticks(first - 1)) {
    --first;
  }
  if (first == 0 || samples[first - 1]->frame < stretch.first) {
    return nullptr;
  }
  for (--first; first > 0;) {
    if (sticks(first - 1)) {
      --first;
    } else if (first > 2 && sticks(first - 2) && sticks(first - 3)) {
      first -= 2;  // a single frame apart is noise
    } else {
      break;
    }
  }
  return samples[first];
}

}  // namespace

void Approaches::note(const std::vector<Lobe>& lobes, int64_t frame, Point drift) {
  std::vector<const Lobe*> seen;
  double largest_px = 0;
  for (const Lobe& lobe : lobes) {
    if (!lobe.shared && !lobe.missing) {
      seen.push_back(&lobe);
      largest_px = std::max(largest_px, radius_px(lobe));
    }
  }
  std::sort(seen.begin(), seen.end(), [](const Lobe* a, const Lobe* b) {
    return std::pair(a->position.y_px, a->id) < std::pair(b->position.y_px, b->id);
  });
  std::set<std::pair<int32_t, int32_t>> noted;
  for (size_t i = 0; i < seen.size(); ++i) {
    const Lobe& a = *seen[i];
    const double far_px = kNearPx + closed_gap_px(a, a) + radius_px(a) + largest_px;
    for (size_t j = i + 1; j < seen.size(); ++j) {
      const Lobe& b = *seen[j];
      if (b.position.y_px - a.position.y_px > far_px) {
        break;
      }
      const double excess_px = gap_px(a, b) - closed_gap_px(a, b);
      const std::pair tracks = std::minmax(a.track, b.track);
      if (a.track == b.track || (excess_px > kNearPx && !pairs_.contains(tracks))) {
        continue;
      }
      advance(
          pairs_[tracks],
          {.frame = frame,
           .excess_px = excess_px,
           .limit_px = closed_gap_px(a, b),
           .distance_px =
               std::hypot(a.position.y_px - b.position.y_px, a.position.x_px - b.position.x_px),
           .position = touching_point(a.position, radius_px(a), b.position, radius_px(b)) + drift});
      noted.insert(tracks);
    }
  }
  std::set<int32_t> alive;
  std::set<int32_t> alone;
  for (const Lobe& lobe : lobes) {
    alive.insert(lobe.track);
  }
  for (const Lobe* lobe : seen) {
    alone.insert(lobe->track);
  }
  for (auto& [tracks, approach] : pairs_) {
    if (noted.contains(tracks)) {
      judge(approach);
    }
  }
  std::erase_if(pairs_, [&](const auto& pair) {
    const auto& [tracks, approach] = pair;
    if (!alive.contains(tracks.first) || !alive.contains(tracks.second)) {
      return true;
    }
    if (!noted.contains(tracks)) {
      return alone.contains(tracks.first) && alone.contains(tracks.second);  // far apart
    }
    return approach.samples.empty() && approach.around.back().excess_px > kNearPx;
  });
}

std::optional<Closing> Approaches::contact(std::pair<int32_t, int32_t> tracks,
                                           int64_t neck_frame) const {
  const auto found = pairs_.find(tracks);
  if (found == pairs_.end()) {
    return std::nullopt;
  }
  const Approach& approach = found->second;
  const bool closed_before = approach.closing && approach.closing->frame < neck_frame;
  // Where outlines show no closing before the neck, what touches may have done so for a while.
  const int64_t about = closed_before ? approach.closing->frame : neck_frame;
  const int64_t begin = closed_before ? about : about - kFarthestFrames;
  // From the neck on, the region of a pair may be one or two.
  const int64_t end = std::min(about + kFramesAfter, neck_frame - 1);
  if (const Approach::Sample* first = first_stuck(approach, about, {.first = begin, .last = end})) {
    return Closing{.frame = first->frame, .position = first->position};
  }
  return closed_before ? approach.closing : std::nullopt;
}

}  // namespace mote::track
