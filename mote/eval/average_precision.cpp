#include "mote/eval/average_precision.h"

#include <algorithm>
#include <numeric>

#include "mote/eval/instances.h"

namespace mote::eval {
namespace {

constexpr int kRecalls = 101;

/// A truth that a detection overlaps.
struct Candidate {
  int32_t truth = 0;
  double iou = 0;
  bool crowd = false;
};

/// By result, truths before crowds, in order of truth.
std::vector<std::vector<Candidate>> candidates_of(const Overlaps& overlaps) {
  std::vector<std::vector<Candidate>> candidates(overlaps.result_ids.size());
  for (const Overlap& pair : overlaps.pairs) {
    const bool crowd = overlaps.truth_crowds[static_cast<size_t>(pair.truth)] != 0;
    const double area = overlaps.result_areas[static_cast<size_t>(pair.result)];
    candidates[static_cast<size_t>(pair.result)].push_back(
        {pair.truth, crowd ? pair.area / area : overlaps.iou(pair), crowd});
  }
  for (std::vector<Candidate>& list : candidates) {
    std::stable_sort(list.begin(), list.end(),
                     [](const Candidate& a, const Candidate& b) { return a.crowd < b.crowd; });
  }
  return candidates;
}

/// The best that is free, or nothing. Of equal IoUs the last wins, as in the authors' program.
const Candidate* choice(const std::vector<Candidate>& candidates, double threshold,
                        const std::vector<bool>& taken) {
  const Candidate* best = nullptr;
  double least = std::min(threshold, 1 - 1e-10);
  for (const Candidate& candidate : candidates) {
    if (taken[static_cast<size_t>(candidate.truth)] && !candidate.crowd) {
      continue;
    }
    if (best != nullptr && !best->crowd && candidate.crowd) {
      break;
    }
    if (candidate.iou >= least) {
      least = candidate.iou;
      best = &candidate;
    }
  }
  return best;
}

}  // namespace

void AveragePrecisionCounter::add(const Overlaps& overlaps) {
  truths_ += std::count(overlaps.truth_crowds.begin(), overlaps.truth_crowds.end(), 0);
  std::vector<size_t> order(overlaps.result_ids.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return overlaps.result_scores[a] > overlaps.result_scores[b];
  });
  if (max_detections_ > 0 && static_cast<int64_t>(order.size()) > max_detections_) {
    order.resize(static_cast<size_t>(max_detections_));
  }
  const auto candidates = candidates_of(overlaps);
  std::vector<Detection> found;
  found.reserve(order.size());
  for (const size_t result : order) {
    found.push_back({.score = overlaps.result_scores[result]});
  }
  for (size_t i = 0; i < kIouThresholds; ++i) {
    std::vector<bool> taken(overlaps.truth_ids.size());
    for (size_t at = 0; at < order.size(); ++at) {
      const Candidate* chosen = choice(candidates[order[at]], iou_threshold(i), taken);
      if (chosen != nullptr) {
        taken[static_cast<size_t>(chosen->truth)] = true;
        (chosen->crowd ? found[at].ignored : found[at].right) |= uint32_t{1} << i;
      }
    }
  }
  detections_.insert(detections_.end(), found.begin(), found.end());
}

double AveragePrecisionCounter::precision_at(size_t threshold,
                                             const std::vector<Detection>& sorted) const {
  const uint32_t bit = uint32_t{1} << threshold;
  std::vector<double> recalls;
  std::vector<double> precisions;
  double right = 0;
  double all = 0;
  for (const Detection& detection : sorted) {
    if ((detection.ignored & bit) != 0) {
      continue;
    }
    right += (detection.right & bit) != 0 ? 1 : 0;
    all += 1;
    recalls.push_back(right / static_cast<double>(truths_));
    precisions.push_back(right / all);
  }
  for (size_t i = precisions.size(); i-- > 1;) {
    precisions[i - 1] = std::max(precisions[i - 1], precisions[i]);
  }
  double sum = 0;
  for (int i = 0; i < kRecalls; ++i) {
    const auto at = std::lower_bound(recalls.begin(), recalls.end(), 0.01 * i);
    sum += at != recalls.end() ? precisions[static_cast<size_t>(at - recalls.begin())] : 0;
  }
  return sum / kRecalls;
}

std::optional<AveragePrecision> AveragePrecisionCounter::result() const {
  if (truths_ == 0) {
    return std::nullopt;
  }
  std::vector<Detection> sorted = detections_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Detection& a, const Detection& b) { return a.score > b.score; });
  AveragePrecision result;
  for (size_t i = 0; i < kIouThresholds; ++i) {
    const double precision = precision_at(i, sorted);
    result.ap += precision;
    result.ap50 = i == 0 ? precision : result.ap50;
    result.ap75 = i == 5 ? precision : result.ap75;
  }
  result.ap /= kIouThresholds;
  return result;
}

}  // namespace mote::eval
