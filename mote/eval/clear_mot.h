#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mote/eval/objects.h"
#include "mote/eval/summary.h"

namespace mote::eval {

/// A truth and a result, by their places in a frame, that may be taken for one another.
struct AllowedPair {
  int32_t truth = 0;
  int32_t result = 0;
  double distance = 0;
};

/// What CLEAR MOT and IDF1 see of a frame.
struct PairingFrame {
  std::vector<int32_t> truth_ids;
  std::vector<int32_t> result_ids;
  std::vector<AllowedPair> pairs;
};

/// Pairs of IoU >= `least_iou`, at a distance of 1 - IoU.
PairingFrame pairing_frame(const Overlaps& overlaps, double least_iou = 0.5);

/// CLEAR MOT: Bernardin and Stiefelhagen, "Evaluating Multiple Object Tracking Performance: The
/// CLEAR MOT Metrics", EURASIP JIVP 2008 (10.1155/2008/246309), sec. 2.
///
/// In each frame a truth first keeps the result that it had last, however long ago, where the pair
/// is allowed; the rest are paired so that as many as possible are, at the least sum of distances.
/// A truth whose result is another than its last is an identity switch.
struct ClearMot {
  int64_t frames = 0;
  int64_t truths = 0;
  int64_t results = 0;
  int64_t matches = 0;   ///< without switches
  int64_t switches = 0;  ///< identity switches
  int64_t wrong = 0;     ///< false positives
  int64_t missed = 0;
  std::optional<double> mota;           ///< 1 - (missed + wrong + switches) / truths
  std::optional<double> mean_distance;  ///< of matches and switches
};
ClearMot clear_mot(std::span<const PairingFrame> frames);

/// Truth and result tracks paired one to one for the whole recording, so that the frames in which
/// the pairs are allowed are most; `right` counts those frames. IDF1 is its F1, IDP its precision,
/// IDR its recall.
///
/// Ristani et al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking",
/// ECCV workshops 2016 (arXiv:1609.01775), sec. 2.3.
Counts identity_counts(std::span<const PairingFrame> frames);

}  // namespace mote::eval
