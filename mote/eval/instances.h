#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mote/eval/objects.h"
#include "mote/eval/summary.h"

namespace mote::eval {

/// IoU thresholds 0.5, 0.55, ..., 0.95, as in COCO and the Data Science Bowl.
constexpr size_t kIouThresholds = 10;
constexpr double iou_threshold(size_t i) {
  return static_cast<double>(50 + 5 * i) / 100;
}

/// An object of the truth and the one of the result that has more than half in common with it.
struct Match {
  int32_t truth_id = 0;
  int32_t result_id = 0;
  double iou = 0;
  double truth_area_px = 0;
  double result_area_px = 0;
};

/// How the objects of one image agree.
struct InstanceCounts {
  int64_t truths = 0;
  int64_t results = 0;
  std::vector<Match> matches;                  ///< of IoU > 0.5, in order of truth_id
  std::array<int64_t, kIouThresholds> hits{};  ///< pairs of IoU > iou_threshold(i)
  double eroded_iou_sum =
      0;  ///< over the truths: IoU of each less its outermost pixels with itself

  Counts counts(size_t threshold) const {
    return {.right = hits[threshold],
            .wrong = results - hits[threshold],
            .missed = truths - hits[threshold]};
  }
};

/// Truths that are crowds are left out. `eroded_iou_sum` stays 0.
InstanceCounts instance_counts(const Overlaps& overlaps);

/// Sum over the objects of |object less its outermost pixels| / |object|, a pixel being outermost
/// where one of its eight neighbours is in the image but not in the object. Crowds are left out.
double eroded_iou_sum(const ObjectImage& truth);

struct InstanceScores {
  Counts counts;  ///< at IoU > 0.5, over all images
  /// PQ = SQ x RQ: SQ is the mean IoU of matches, RQ = TP / (TP + FP/2 + FN/2), matches of
  /// IoU > 0.5 over all images. Nothing where there is neither truth nor result; SQ and PQ are 0
  /// where nothing matches.
  ///
  /// Kirillov et al., "Panoptic Segmentation", CVPR 2019 (arXiv:1801.00868), sec. 4.2, of one class
  /// without void pixels.
  std::optional<double> pq;
  std::optional<double> sq;
  std::optional<double> rq;
  double eroded_sq = 0;  ///< what the eroded truth would score: the mean of its IoUs
  /// TP / (TP + FP + FN) of IoU > t, of each image (1 where it is empty in both), averaged over the
  /// thresholds and then over the images: the score of the 2018 Data Science Bowl. Caicedo et al.,
  /// Nature Methods 16, 2019 (10.1038/s41592-019-0612-7).
  double dsb_mean = 1;
  double dsb_pooled = 1;  ///< the same with TP, FP and FN summed over the images first
  std::array<double, kIouThresholds> accuracy{};  ///< pooled, by threshold
  double count_error_mean = 0;                    ///< of results - truths over the images
  double absolute_count_error_mean = 0;
  std::optional<double> relative_count_error;      ///< (all results - all truths) / all truths
  std::optional<Summary> diameter_error_px;        ///< ECD of the result - of the truth, of matches
  std::optional<Summary> relative_diameter_error;  ///< the same over the ECD of the truth
};

/// Nothing where there are no images.
std::optional<InstanceScores> instance_scores(std::span<const InstanceCounts> images);

}  // namespace mote::eval
