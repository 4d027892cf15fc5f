#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/mask.h"

namespace mote::measure {

/// What can be said of one instance in one frame, in pixels. Where pixels are not square, lengths
/// are measured on the anisotropic grid in units of its geometric mean, so that areas stay in px².
struct InstanceMeasures {
  int32_t label = 0;
  double area_px2 = 0;
  Point centroid;
  Box box;
  double perimeter_px = 0;  ///< length of the half-coverage outline
  double min_feret_px = 0;
  double max_feret_px = 0;
  double major_axis_px = 0;  ///< of the ellipse of equal second moments
  double minor_axis_px = 0;
  double orientation_deg = 0;  ///< of the major axis, 0 along +x, counter-clockwise, in (-90, 90]
  double solidity = 0;         ///< area over convex area
  double mean_intensity = 0;
  double sd_intensity = 0;
  double background = 0;  ///< median of the ring around it that no instance covers
  bool touches_border = false;
  bool touching = false;  ///< touches another instance

  bool operator==(const InstanceMeasures&) const = default;
};

struct InstanceMeasureOptions {
  double y_over_x = 1;  ///< height of a pixel over its width
};

/// Measures every label of `labels`, in order of label. `coverage` may be empty. Thread-safe.
/// Throws kUsage where sizes differ.
std::vector<InstanceMeasures> measure_instances(const Grid<float>& image, const LabelImage& labels,
                                                const Grid<uint8_t>& coverage,
                                                const InstanceMeasureOptions& options = {});

}  // namespace mote::measure
