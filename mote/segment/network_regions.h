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

/// Regions of what a network found, by the steps that follow the threshold in the classical
/// segmenter: holes, least size, the boundary at the half level of the image, and, where the
/// network names no instances, cuts at necks; `options` are those of the same names there. What of
/// a mask is moved beyond its instance's pixels belongs to the nearest instance.
Segmentation regions_of(const NetworkFinding& finding, const SegmenterInput& input,
                        const ThresholdOptions& options);

}  // namespace mote::segment
