#include "mote/eval/hota.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "mote/core/assignment.h"
#include "mote/eval/summary.h"

namespace mote::eval {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

double alpha(size_t i) {
  return 0.05 * static_cast<double>(i + 1);
}

/// A truth and a result track that overlap in some frame.
struct TrackPair {
  double likeness = 0;  ///< summed over frames
  std::array<int64_t, kHotaThresholds> matches{};
};

/// What alpha takes: at each, how many matches, and their IoU.
struct Totals {
  std::array<int64_t, kHotaThresholds> matches{};
  std::array<double, kHotaThresholds> iou_sums{};
  int64_t truths = 0;
  int64_t results = 0;
};

using Ids = std::pair<int32_t, int32_t>;

class Recording {
 public:
  void measure(const Overlaps& frame) {
    std::vector<double> truth_sums(frame.truth_ids.size());
    std::vector<double> result_sums(frame.result_ids.size());
    for (const Overlap& pair : frame.pairs) {
      const double iou = frame.iou(pair);
      truth_sums[static_cast<size_t>(pair.truth)] += iou;
      result_sums[static_cast<size_t>(pair.result)] += iou;
    }
    for (const Overlap& pair : frame.pairs) {
      const double iou = frame.iou(pair);
      pairs_[ids(frame, pair)].likeness +=
          ratio(iou,
                truth_sums[static_cast<size_t>(pair.truth)] +
                    result_sums[static_cast<size_t>(pair.result)] - iou,
                0);
    }
    for (const int32_t id : frame.truth_ids) {
      ++truth_frames_[id];
    }
    for (const int32_t id : frame.result_ids) {
      ++result_frames_[id];
    }
    totals_.truths += static_cast<int64_t>(frame.truth_ids.size());
    totals_.results += static_cast<int64_t>(frame.result_ids.size());
  }

  void match(const Overlaps& frame) {
    std::vector<Edge> edges;
    for (const Overlap& pair : frame.pairs) {
      const Ids both = ids(frame, pair);
      const double likeness = pairs_.at(both).likeness;
      edges.push_back({.row = pair.truth,
                       .column = pair.result,
                       .gain = frame.iou(pair) * likeness / (frames_of(both) - likeness)});
    }
    const std::vector<int32_t> result_of =
        assign(static_cast<int32_t>(frame.truth_ids.size()),
               static_cast<int32_t>(frame.result_ids.size()), std::move(edges));
    for (const Overlap& pair : frame.pairs) {
      if (result_of[static_cast<size_t>(pair.truth)] == pair.result) {
        count(pairs_.at(ids(frame, pair)), frame.iou(pair));
      }
    }
  }

  Hota result() const {
    Hota sums{.loc_a = 0};
    for (size_t i = 0; i < kHotaThresholds; ++i) {
      const auto matches = static_cast<double>(totals_.matches[i]);
      double association = 0;
      for (const auto& [both, pair] : pairs_) {
        const auto together = static_cast<double>(pair.matches[i]);
        association += together * together / std::max(1.0, frames_of(both) - together);
      }
      const double ass_a = association / std::max(1.0, matches);
      const double det_a =
          matches / std::max(1.0, static_cast<double>(totals_.truths + totals_.results) - matches);
      sums.hota_at[i] = std::sqrt(det_a * ass_a);
      sums.hota += sums.hota_at[i];
      sums.det_a += det_a;
      sums.ass_a += ass_a;
      sums.loc_a += ratio(totals_.iou_sums[i], matches, 1);
    }
    return {.hota = sums.hota / kHotaThresholds,
            .det_a = sums.det_a / kHotaThresholds,
            .ass_a = sums.ass_a / kHotaThresholds,
            .loc_a = sums.loc_a / kHotaThresholds,
            .hota_at = sums.hota_at};
  }

 private:
  static Ids ids(const Overlaps& frame, const Overlap& pair) {
    return {frame.truth_ids[static_cast<size_t>(pair.truth)],
            frame.result_ids[static_cast<size_t>(pair.result)]};
  }

  double frames_of(const Ids& both) const {
    return static_cast<double>(truth_frames_.at(both.first) + result_frames_.at(both.second));
  }

  void count(TrackPair& pair, double iou) {
    for (size_t i = 0; i < kHotaThresholds && iou >= alpha(i) - kEpsilon; ++i) {
      ++pair.matches[i];
      ++totals_.matches[i];
      totals_.iou_sums[i] += iou;
    }
  }

  std::map<Ids, TrackPair> pairs_;
  std::map<int32_t, int64_t> truth_frames_;
  std::map<int32_t, int64_t> result_frames_;
  Totals totals_;
};

}  // namespace

Hota hota(std::span<const Overlaps> frames) {
  Recording recording;
  for (const Overlaps& frame : frames) {
    recording.measure(frame);
  }
  for (const Overlaps& frame : frames) {
    recording.match(frame);
  }
  return recording.result();
}

}  // namespace mote::eval
