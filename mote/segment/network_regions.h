#pragma once

#include "mote/core/grid.h"
#include "mote/core/segmentation.h"
#include "mote/segment/segmenter.h"
#include "mote/segment/threshold.h"

namespace mote::segment {

/// What a network says of a frame.
struct NetworkFinding {
  /// How surely each pixel is particle, less what it takes: positive inside, negative outside.
  Grid<float> field;
  /// Whose each pixel inside is, from 1 on; empty where the network tells particle from background
  /// but not one particle from the next.
  LabelImage instances;
  double blur_px = 1;  ///< how far the field's zero may lie from the particle's edge
};

/// What a network says that names instances and maps nothing.
NetworkFinding finding_of(LabelImage instances, double blur_px);

/// Regions of what a network found, by the steps that follow the threshold in the classical
/// segmenter: holes, least size, the boundary at the half level of the image, and, where the
/// network names no instances, cuts at necks; `options` are those of the same names there. What of
/// a mask is moved beyond its instance's pixels belongs to the nearest instance.
Segmentation regions_of(const NetworkFinding& finding, const SegmenterInput& input,
                        const ThresholdOptions& options);

/// Whose each pixel is, and how much of it is particle.
struct CoveredLabels {
  LabelImage labels;
  Grid<uint8_t> coverage;  ///< as in Segmentation; empty where boundaries are not refined
};

/// What is left of the instances of `finding`, which names some, by the same steps, under the
/// numbers that it gives them. Of the 8-connected pieces of an instance its largest stays, and each
/// that has `min_piece_share` of its pixels. What is too small together with all that it touches
/// has no pixels left.
CoveredLabels covered_labels(const NetworkFinding& finding, const SegmenterInput& input,
                             const ThresholdOptions& options, double min_piece_share);

}  // namespace mote::segment
