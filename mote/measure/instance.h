#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mote/core/disc.h"
#include "mote/core/grid.h"
#include "mote/measure/size_uncertainty.h"

namespace mote::measure {

/// What can be said of one instance in one frame, in pixels. Where pixels are not square, lengths
/// and angles are those of the specimen: y is scaled by sqrt(y/x) and x by sqrt(x/y), so that a
/// length is in units of the geometric mean of both pixel sides and areas stay in px².
struct InstanceMeasures {
  int32_t label = 0;
  double area_px2 = 0;      ///< with the partial pixels of the boundary where coverage is known
  Point centroid;           ///< in pixels of the image, unscaled
  Box box;                  ///< of the labelled pixels
  double perimeter_px = 0;  ///< length of the half-coverage outline; `measurements.md`, Perimeter
  double min_feret_px = 0;
  double max_feret_px = 0;
  double major_axis_px = 0;  ///< full axes of the ellipse of equal second moments
  double minor_axis_px = 0;
  double orientation_deg = 0;  ///< of the major axis, 0 along +x, counter-clockwise, in (-90, 90]
  double solidity = 0;         ///< area over convex area
  double mean_intensity = 0;   ///< of the labelled pixels
  double sd_intensity = 0;
  std::optional<double> background;  ///< median of the ring around it; nothing where all is covered
  /// Has a pixel in the outermost rows or columns, or beside an excluded pixel.
  bool touches_border = false;
  bool touching = false;            ///< has a pixel that is an 8-neighbour of another instance
  SizeUncertainty ecd_uncertainty;  ///< in units of the ECD
  EdgeProfile edge;
  /// How far outwards of the half level the sizes above are, by an edge model.
  double edge_shift_px = 0;

  bool operator==(const InstanceMeasures&) const = default;
};

using mote::equivalent_diameter_px;

/// 4 pi area / perimeter², which ISO 9276-6 calls form factor; its circularity is the square root.
double circularity(const InstanceMeasures& instance);

/// Least over greatest Feret diameter, in (0, 1] (ISO 9276-6).
double aspect_ratio(const InstanceMeasures& instance);

struct InstanceMeasureOptions {
  double y_over_x = 1;        ///< height of a pixel over its width
  int64_t ring_inner_px = 2;  ///< the ring whose median is the background begins so far outside
  int64_t ring_outer_px = 4;  ///< and ends so far outside
  /// Pixels that are no specimen; may be null, and is ignored where its size is another.
  const BinaryImage* excluded = nullptr;
};

/// Measures every label of `labels`, in order of label. `coverage` may be empty. Thread-safe.
/// Throws kUsage where sizes differ or options are out of range.
std::vector<InstanceMeasures> measure_instances(const Grid<float>& image, const LabelImage& labels,
                                                const Grid<uint8_t>& coverage,
                                                const InstanceMeasureOptions& options = {});

}  // namespace mote::measure
