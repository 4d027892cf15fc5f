#include "mote/eval/clear_mot.h"

#include <algorithm>
#include <map>
#include <utility>

#include "mote/core/assignment.h"

namespace mote::eval {
namespace {

/// The truths' results in one frame, -1 for none.
class FramePairing {
 public:
  explicit FramePairing(const PairingFrame& frame)
      : frame_(frame),
        result_of_(frame.truth_ids.size(), -1),
        distance_(frame.truth_ids.size()),
        taken_(frame.result_ids.size()) {}

  void keep(const std::map<int32_t, int32_t>& last_result) {
    for (const AllowedPair& pair : frame_.pairs) {
      const auto last = last_result.find(frame_.truth_ids[static_cast<size_t>(pair.truth)]);
      if (last != last_result.end() &&
          last->second == frame_.result_ids[static_cast<size_t>(pair.result)]) {
        take(pair);
      }
    }
  }

  void pair_the_rest() {
    double farthest = 0;
    for (const AllowedPair& pair : frame_.pairs) {
      farthest = std::max(farthest, pair.distance);
    }
    // A pair more is worth more than any sum of distances.
    const double worth = (farthest + 1) * static_cast<double>(result_of_.size() + 1);
    std::vector<Edge> edges;
    for (const AllowedPair& pair : frame_.pairs) {
      if (is_free(pair)) {
        edges.push_back({.row = pair.truth, .column = pair.result, .gain = worth - pair.distance});
      }
    }
    const std::vector<int32_t> assigned =
        assign(static_cast<int32_t>(result_of_.size()), static_cast<int32_t>(taken_.size()),
               std::move(edges));
    for (const AllowedPair& pair : frame_.pairs) {
      if (is_free(pair) && assigned[static_cast<size_t>(pair.truth)] == pair.result) {
        take(pair);
      }
    }
  }

  const std::vector<int32_t>& result_of() const { return result_of_; }
  double distance(size_t truth) const { return distance_[truth]; }

 private:
  bool is_free(const AllowedPair& pair) const {
    return result_of_[static_cast<size_t>(pair.truth)] < 0 &&
           !taken_[static_cast<size_t>(pair.result)];
  }

  void take(const AllowedPair& pair) {
    if (is_free(pair)) {
      result_of_[static_cast<size_t>(pair.truth)] = pair.result;
      distance_[static_cast<size_t>(pair.truth)] = pair.distance;
      taken_[static_cast<size_t>(pair.result)] = true;
    }
  }

  const PairingFrame& frame_;
  std::vector<int32_t> result_of_;
  std::vector<double> distance_;
  std::vector<bool> taken_;
};

}  // namespace

PairingFrame pairing_frame(const Overlaps& overlaps, double least_iou) {
  PairingFrame frame{.truth_ids = overlaps.truth_ids, .result_ids = overlaps.result_ids};
  for (const Overlap& pair : overlaps.pairs) {
    if (const double iou = overlaps.iou(pair); iou >= least_iou) {
      frame.pairs.push_back({.truth = pair.truth, .result = pair.result, .distance = 1 - iou});
    }
  }
  return frame;
}

ClearMot clear_mot(std::span<const PairingFrame> frames) {
  ClearMot scores{.frames = static_cast<int64_t>(frames.size())};
  std::map<int32_t, int32_t> last_result;
  double distances = 0;
  for (const PairingFrame& frame : frames) {
    FramePairing pairing(frame);
    pairing.keep(last_result);
    pairing.pair_the_rest();
    int64_t found = 0;
    for (size_t truth = 0; truth < frame.truth_ids.size(); ++truth) {
      const int32_t result = pairing.result_of()[truth];
      if (result < 0) {
        continue;
      }
      const int32_t id = frame.result_ids[static_cast<size_t>(result)];
      const auto [last, is_new] = last_result.try_emplace(frame.truth_ids[truth], id);
      ++(is_new || last->second == id ? scores.matches : scores.switches);
      last->second = id;
      distances += pairing.distance(truth);
      ++found;
    }
    scores.truths += static_cast<int64_t>(frame.truth_ids.size());
    scores.results += static_cast<int64_t>(frame.result_ids.size());
    scores.missed += static_cast<int64_t>(frame.truth_ids.size()) - found;
    scores.wrong += static_cast<int64_t>(frame.result_ids.size()) - found;
  }
  if (scores.truths > 0) {
    scores.mota = 1 - static_cast<double>(scores.missed + scores.wrong + scores.switches) /
                          static_cast<double>(scores.truths);
  }
  if (const int64_t found = scores.matches + scores.switches; found > 0) {
    scores.mean_distance = distances / static_cast<double>(found);
  }
  return scores;
}

Counts identity_counts(std::span<const PairingFrame> frames) {
  std::map<std::pair<int32_t, int32_t>, int64_t> together;
  std::map<int32_t, int32_t> rows;
  std::map<int32_t, int32_t> columns;
  int64_t truths = 0;
  int64_t results = 0;
  for (const PairingFrame& frame : frames) {
    truths += static_cast<int64_t>(frame.truth_ids.size());
    results += static_cast<int64_t>(frame.result_ids.size());
    for (const AllowedPair& pair : frame.pairs) {
      const int32_t truth = frame.truth_ids[static_cast<size_t>(pair.truth)];
      const int32_t result = frame.result_ids[static_cast<size_t>(pair.result)];
      rows.try_emplace(truth, static_cast<int32_t>(rows.size()));
      columns.try_emplace(result, static_cast<int32_t>(columns.size()));
      ++together[{truth, result}];
    }
  }
  std::vector<Edge> edges;
  edges.reserve(together.size());
  for (const auto& [ids, count] : together) {
    edges.push_back({.row = rows.at(ids.first),
                     .column = columns.at(ids.second),
                     .gain = static_cast<double>(count)});
  }
  const std::vector<int32_t> column_of =
      assign(static_cast<int32_t>(rows.size()), static_cast<int32_t>(columns.size()), edges);
  int64_t right = 0;
  for (const auto& [ids, count] : together) {
    if (column_of[static_cast<size_t>(rows.at(ids.first))] == columns.at(ids.second)) {
      right += count;
    }
  }
  return {.right = right, .wrong = results - right, .missed = truths - right};
}

}  // namespace mote::eval
