#include "mote/eval/foreground.h"

#include "mote/core/error.h"
#include "mote/eval/summary.h"

namespace mote::eval {
namespace {

double as_double(int64_t count) {
  return static_cast<double>(count);
}

bool keeps(const BinaryImage& mask, int64_t y, int64_t x) {
  for (int64_t v = y - 1; v <= y + 1; ++v) {
    for (int64_t u = x - 1; u <= x + 1; ++u) {
      if (mask.size().contains(v, u) && mask(v, u) == 0) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

double ForegroundCounts::iou() const {
  return ratio(as_double(both_px), as_double(truth_px + result_px - both_px), 1);
}

double ForegroundCounts::dice() const {
  return ratio(as_double(2 * both_px), as_double(truth_px + result_px), 1);
}

double ForegroundCounts::eroded_iou() const {
  return ratio(as_double(eroded_truth_px), as_double(truth_px), 1);
}

double ForegroundCounts::eroded_dice() const {
  return ratio(as_double(2 * eroded_truth_px), as_double(truth_px + eroded_truth_px), 1);
}

ForegroundCounts& ForegroundCounts::operator+=(const ForegroundCounts& other) {
  truth_px += other.truth_px;
  result_px += other.result_px;
  both_px += other.both_px;
  eroded_truth_px += other.eroded_truth_px;
  return *this;
}

BinaryImage eroded(const BinaryImage& mask) {
  BinaryImage inner(mask.size());
  for (int64_t y = 0; y < mask.height(); ++y) {
    for (int64_t x = 0; x < mask.width(); ++x) {
      inner(y, x) = mask(y, x) != 0 && keeps(mask, y, x) ? 1 : 0;
    }
  }
  return inner;
}

ForegroundCounts foreground_counts(const BinaryImage& truth, const BinaryImage& result) {
  if (truth.size() != result.size()) {
    throw Error(ErrorKind::kUsage, "the truth is {} x {} px, the result {} x {} px", truth.width(),
                truth.height(), result.width(), result.height());
  }
  ForegroundCounts counts;
  const BinaryImage inner = eroded(truth);
  for (size_t i = 0; i < truth.values().size(); ++i) {
    const bool here = truth.values()[i] != 0;
    const bool there = result.values()[i] != 0;
    counts.truth_px += here ? 1 : 0;
    counts.result_px += there ? 1 : 0;
    counts.both_px += here && there ? 1 : 0;
    counts.eroded_truth_px += inner.values()[i];
  }
  return counts;
}

std::optional<ForegroundScores> foreground_scores(std::span<const ForegroundCounts> images) {
  if (images.empty()) {
    return std::nullopt;
  }
  ForegroundCounts pooled;
  ForegroundScores sums{.mean_iou = 0, .mean_dice = 0, .eroded_mean_iou = 0, .eroded_mean_dice = 0};
  for (const ForegroundCounts& image : images) {
    pooled += image;
    sums.mean_iou += image.iou();
    sums.mean_dice += image.dice();
    sums.eroded_mean_iou += image.eroded_iou();
    sums.eroded_mean_dice += image.eroded_dice();
  }
  const auto count = static_cast<double>(images.size());
  return ForegroundScores{.pooled_iou = pooled.iou(),
                          .mean_iou = sums.mean_iou / count,
                          .pooled_dice = pooled.dice(),
                          .mean_dice = sums.mean_dice / count,
                          .eroded_pooled_iou = pooled.eroded_iou(),
                          .eroded_mean_iou = sums.eroded_mean_iou / count,
                          .eroded_pooled_dice = pooled.eroded_dice(),
                          .eroded_mean_dice = sums.eroded_mean_dice / count};
}

}  // namespace mote::eval
