#include "mote/eval/instances.h"

#include <cmath>
#include <cstdlib>

#include "mote/core/disc.h"
#include "mote/eval/foreground.h"

namespace mote::eval {
namespace {

double as_double(int64_t count) {
  return static_cast<double>(count);
}

/// |object less its outermost pixels| / |object|, drawn on no more of the image than it needs.
double eroded_iou(const Mask& mask, Size size) {
  const Box box = mask.bounds().grown(1, size);
  if (box.empty()) {
    return 1;
  }
  BinaryImage drawn(box.size());
  for (const Run& run : mask.runs) {
    for (int64_t x = run.x; x < int64_t{run.x} + run.length; ++x) {
      if (drawn.size().contains(run.y - box.y, x - box.x)) {
        drawn(run.y - box.y, x - box.x) = 1;
      }
    }
  }
  return foreground_counts(drawn, drawn).eroded_iou();
}

void add_panoptic(double iou_sum, InstanceScores& scores) {
  const Counts& counts = scores.counts;
  if (counts.right + counts.wrong + counts.missed == 0) {
    return;
  }
  const double right = as_double(counts.right);
  const double all = right + 0.5 * as_double(counts.wrong) + 0.5 * as_double(counts.missed);
  scores.sq = ratio(iou_sum, right, 0);
  scores.rq = right / all;
  scores.pq = iou_sum / all;
}

}  // namespace

InstanceCounts instance_counts(const Overlaps& overlaps) {
  const Overlaps asked = without_crowds(overlaps);
  InstanceCounts image{.truths = static_cast<int64_t>(asked.truth_ids.size()),
                       .results = static_cast<int64_t>(asked.result_ids.size())};
  for (const Overlap& pair : matched(asked, 0.5)) {
    const auto truth = static_cast<size_t>(pair.truth);
    const auto result = static_cast<size_t>(pair.result);
    const double iou = asked.iou(pair);
    image.matches.push_back({.truth_id = asked.truth_ids[truth],
                             .result_id = asked.result_ids[result],
                             .iou = iou,
                             .truth_area_px = asked.truth_areas[truth],
                             .result_area_px = asked.result_areas[result]});
    for (size_t i = 0; i < kIouThresholds; ++i) {
      image.hits[i] += iou > iou_threshold(i) ? 1 : 0;
    }
  }
  return image;
}

double eroded_iou_sum(const ObjectImage& truth) {
  double sum = 0;
  for (const Object& object : truth.objects) {
    sum += object.crowd ? 0 : eroded_iou(object.mask, truth.size);
  }
  return sum;
}

std::optional<InstanceScores> instance_scores(std::span<const InstanceCounts> images) {
  if (images.empty()) {
    return std::nullopt;
  }
  InstanceScores scores{.dsb_mean = 0, .dsb_pooled = 0};
  std::array<Counts, kIouThresholds> pooled;
  std::vector<double> diameter_errors;
  std::vector<double> relative_errors;
  double iou_sum = 0;
  double eroded_sum = 0;
  int64_t truths = 0;
  int64_t results = 0;
  for (const InstanceCounts& image : images) {
    truths += image.truths;
    results += image.results;
    eroded_sum += image.eroded_iou_sum;
    scores.absolute_count_error_mean += as_double(std::abs(image.results - image.truths));
    for (size_t i = 0; i < kIouThresholds; ++i) {
      scores.dsb_mean += image.counts(i).accuracy();
      pooled[i] += image.counts(i);
    }
    for (const Match& match : image.matches) {
      iou_sum += match.iou;
      const double diameter = equivalent_diameter_px(match.truth_area_px);
      const double error = equivalent_diameter_px(match.result_area_px) - diameter;
      diameter_errors.push_back(error);
      relative_errors.push_back(error / diameter);
    }
  }
  const auto count = static_cast<double>(images.size());
  scores.counts = pooled[0];
  add_panoptic(iou_sum, scores);
  scores.eroded_sq = ratio(eroded_sum, as_double(truths), 1);
  scores.dsb_mean /= count * kIouThresholds;
  for (size_t i = 0; i < kIouThresholds; ++i) {
    scores.accuracy[i] = pooled[i].accuracy();
    scores.dsb_pooled += scores.accuracy[i];
  }
  scores.dsb_pooled /= kIouThresholds;
  scores.count_error_mean = as_double(results - truths) / count;
  scores.absolute_count_error_mean /= count;
  if (truths > 0) {
    scores.relative_count_error = as_double(results - truths) / as_double(truths);
  }
  scores.diameter_error_px = summary_of(std::move(diameter_errors));
  scores.relative_diameter_error = summary_of(std::move(relative_errors));
  return scores;
}

}  // namespace mote::eval
