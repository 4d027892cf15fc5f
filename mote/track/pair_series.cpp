#include "mote/track/pair_series.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <vector>

#include "mote/core/median.h"

namespace mote::track {

void PairSeries::add(const PairSample& sample) {
  assert(samples.empty() || samples.back().frame <= sample.frame);
  if (samples.empty() || samples.back().frame < sample.frame) {
    samples.push_back(sample);
  } else if (samples.back().ratio < sample.ratio) {
    samples.back() = sample;
  }
}

std::optional<PairSample> PairSeries::median_at(int64_t frame) const {
  std::vector<double> ratios;
  const PairSample* nearest = nullptr;
  for (const PairSample& sample : samples) {
    const int64_t away = std::abs(sample.frame - frame);
    if (away > kHalfWindow) {
      continue;
    }
    ratios.push_back(sample.ratio);
    if (nearest == nullptr || away < std::abs(nearest->frame - frame)) {
      nearest = &sample;
    }
  }
  if (ratios.empty()) {
    return std::nullopt;
  }
  // The lower of two in the middle: doubt is no contact.
  const double ratio = lower_median(ratios);
  return PairSample{.frame = frame, .ratio = ratio, .position = nearest->position, .excess = {}};
}

std::optional<double> PairSeries::median_distance_px(int64_t frame) const {
  std::vector<double> distances_px;
  for (const PairSample& sample : samples) {
    if (std::abs(sample.frame - frame) <= kHalfWindow) {
      distances_px.push_back(sample.distance_px);
    }
  }
  return distances_px.empty() ? std::nullopt : std::optional(median(distances_px));
}

std::optional<AreaRatios> PairSeries::area_ratios(int64_t frame) const {
  std::vector<double> ratios;
  for (const PairSample& sample : samples) {
    if (std::abs(sample.frame - frame) <= 1 && sample.area_ratio > 0) {
      ratios.push_back(sample.area_ratio);
    }
  }
  if (ratios.size() < 3) {
    return std::nullopt;
  }
  return AreaRatios{.median = median(ratios),
                    .second_difference = std::abs(ratios[0] - 2 * ratios[1] + ratios[2])};
}

double PairSeries::share_touching(int64_t frame) const {
  int64_t touching = 0;
  int64_t all = 0;
  for (const PairSample& sample : samples) {
    if (std::abs(sample.frame - frame) <= kHalfWindow) {
      touching += sample.ratio >= 0 ? 1 : 0;
      ++all;
    }
  }
  return all > 0 ? static_cast<double>(touching) / static_cast<double>(all) : 0;
}

std::optional<PairSample> PairSeries::at(int64_t frame) const {
  for (const PairSample& sample : samples) {
    if (sample.frame == frame) {
      return sample;
    }
  }
  return std::nullopt;
}

bool PairSeries::all_apart() const {
  return std::all_of(samples.begin(), samples.end(),
                     [](const PairSample& sample) { return sample.ratio < 0; });
}

void PairSeries::forget_before(int64_t frame) {
  while (!samples.empty() && samples.front().frame < frame - kHalfWindow) {
    samples.pop_front();
  }
}

void PairSeries::join(const PairSeries& other) {
  const std::deque<PairSample> mine = std::move(samples);
  samples.clear();
  auto a = mine.begin();
  auto b = other.samples.begin();
  while (a != mine.end() || b != other.samples.end()) {
    const bool take_a = b == other.samples.end() || (a != mine.end() && a->frame <= b->frame);
    add(take_a ? *a++ : *b++);
  }
}

}  // namespace mote::track
