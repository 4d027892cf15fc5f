#include "mote/track/approach.h"

#include <algorithm>
#include <set>

#include "mote/core/median.h"

namespace mote::track {
namespace {

constexpr double kHysteresisPx = 1.5;
constexpr size_t kMedianOf = 3;
constexpr int64_t kSettlingFrames = 1;

void advance(Approach& approach, const Approach::Sample& sample) {
  std::deque<Approach::Sample>& samples = approach.samples;
  if (!samples.empty() && samples.back().frame == sample.frame) {
    // Of two pairs of lobes, the nearer.
    if (sample.excess_px < samples.back().excess_px) {
      samples.back() = sample;
    }
    return;
  }
  samples.push_back(sample);
  if (samples.size() > kMedianOf) {
    samples.pop_front();
  }
}

/// To be called once a frame, when all its samples are there.
void judge(Approach& approach) {
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
    const double far_px = kHysteresisPx + closed_gap_px(a, a) + radius_px(a) + largest_px;
    for (size_t j = i + 1; j < seen.size(); ++j) {
      const Lobe& b = *seen[j];
      if (b.position.y_px - a.position.y_px > far_px) {
        break;
      }
      const double excess_px = gap_px(a, b) - closed_gap_px(a, b);
      const std::pair tracks = std::minmax(a.track, b.track);
      if (a.track == b.track || (excess_px > kHysteresisPx && !pairs_.contains(tracks))) {
        continue;
      }
      advance(
          pairs_[tracks],
          {.frame = frame,
           .excess_px = excess_px,
           .limit_px = closed_gap_px(a, b),
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
    return !approach.closing && approach.samples.size() == kMedianOf;
  });
}

std::optional<Closing> Approaches::closing(std::pair<int32_t, int32_t> tracks) const {
  const auto found = pairs_.find(tracks);
  return found == pairs_.end() ? std::nullopt : found->second.closing;
}

}  // namespace mote::track
