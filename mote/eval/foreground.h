#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "mote/core/grid.h"

namespace mote::eval {

/// How the foregrounds of one image agree, in pixels: which pixels belong to any object, whichever.
struct ForegroundCounts {
  int64_t truth_px = 0;
  int64_t result_px = 0;
  int64_t both_px = 0;
  int64_t eroded_truth_px = 0;  ///< of the truth, less its outermost pixels

  /// |truth and result| / |truth or result|; 1 where both are empty.
  double iou() const;
  /// 2 |truth and result| / (|truth| + |result|); 1 where both are empty. Dice, Ecology 26, 1945
  /// (10.2307/1932409).
  double dice() const;
  /// The IoU that the truth itself would have without its outermost pixels: what a pixel is worth.
  double eroded_iou() const;
  double eroded_dice() const;

  ForegroundCounts& operator+=(const ForegroundCounts& other);
  bool operator==(const ForegroundCounts&) const = default;
};

/// Throws kUsage where the images differ in size.
ForegroundCounts foreground_counts(const BinaryImage& truth, const BinaryImage& result);

/// The pixels of `mask` whose eight neighbours are all in it, or outside the image.
BinaryImage eroded(const BinaryImage& mask);

/// Scores of the foreground over several images. *Pooled* sums pixels over all images first, so
/// that large particles and full images count most; *mean* is the mean of the images' own scores.
///
/// LISA (Lai et al., CVPR 2024, arXiv:2308.00692, sec. 4.1) calls the pooled IoU cIoU and the mean
/// gIoU.
struct ForegroundScores {
  double pooled_iou = 1;
  double mean_iou = 1;
  double pooled_dice = 1;
  double mean_dice = 1;
  double eroded_pooled_iou = 1;
  double eroded_mean_iou = 1;
  double eroded_pooled_dice = 1;
  double eroded_mean_dice = 1;
};

/// Nothing where there are no images.
std::optional<ForegroundScores> foreground_scores(std::span<const ForegroundCounts> images);

}  // namespace mote::eval
