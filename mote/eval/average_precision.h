#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mote/eval/objects.h"

namespace mote::eval {

/// COCO's average precision of masks or boxes of one class.
struct AveragePrecision {
  double ap = 0;  ///< mean over IoU thresholds 0.5, 0.55, ..., 0.95
  double ap50 = 0;
  double ap75 = 0;
};

/// Collects images; scores them all together.
///
/// Lin et al., "Microsoft COCO: Common Objects in Context", ECCV 2014 (arXiv:1405.0312), with the
/// rules of the authors' program: detections of an image are taken in order of falling score, the
/// first `max_detections` of them; each takes the free truth of largest IoU, if that is at least
/// the threshold. All detections are then put in order of falling score, equal scores as they came;
/// AP is the mean of the precision, made falling, at recalls 0, 0.01, ..., 1. A truth that is a
/// crowd may be taken any number of times, with its share of the detection's area as IoU, and what
/// takes it is neither right nor wrong.
///
/// Where a result has no scores all are equal, and the value depends on the order of images and
/// ids: it is then a rough one.
class AveragePrecisionCounter {
 public:
  /// `max_detections` an image; 0 for all of them (COCO's is 100).
  explicit AveragePrecisionCounter(int64_t max_detections) : max_detections_(max_detections) {}

  void add(const Overlaps& overlaps);

  /// Nothing where no image has a truth; 0 where there are only truths.
  std::optional<AveragePrecision> result() const;

 private:
  struct Detection {
    double score = 0;
    uint32_t right = 0;    ///< a bit a threshold
    uint32_t ignored = 0;  ///< likewise
  };

  double precision_at(size_t threshold, const std::vector<Detection>& sorted) const;

  int64_t max_detections_;
  int64_t truths_ = 0;
  std::vector<Detection> detections_;
};

}  // namespace mote::eval
