#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "mote/core/grid.h"

namespace mote {

/// A connected piece of a segmentation: one particle, or a lobe of one. Whether two regions that
/// touch are one particle is for the tracker to say, who knows their history.
struct Region {
  int32_t label = 0;    ///< in Segmentation::labels, from 1 on without holes
  int32_t cluster = 0;  ///< regions that touch one another share a cluster, from 1 on
  double area_px = 0;   ///< with the partial pixels of the boundary where coverage is known
  Point centroid;
  Box box;
  /// It may be cut: it has a pixel in the outermost rows or columns of the field, or beside a pixel
  /// that is no specimen.
  bool touches_border = false;
  double contrast = 0;  ///< |mean of the rim inside - background around| in grey levels

  bool operator==(const Region&) const = default;
};

/// Where two regions of a cluster touch.
struct Neck {
  int32_t a = 0;  ///< the lower label
  int32_t b = 0;
  /// As far as the segmenter knows better than its mask, by the image; 0: none is seen.
  double width_px = 0;
  /// Of the mask, neck width over the smaller diameter: twice the distance-transform saddle between
  /// the two regions over twice their lower peak; near 0 for a kiss, 1 where no waist is left. 0:
  /// nearer than the image can resolve, yet apart.
  double ratio = 0;

  bool operator==(const Neck&) const = default;
};

/// One frame cut into regions.
struct Segmentation {
  LabelImage labels;
  /// How much of each pixel lies inside a particle, 0 to 255; empty where the segmenter knows whole
  /// pixels only. Where given, a pixel is labelled if and only if its coverage is >= 128.
  Grid<uint8_t> coverage;
  std::vector<Region> regions;           ///< in order of label
  std::vector<Neck> necks;               ///< in order of (a, b)
  std::map<std::string, double> values;  ///< for frames.csv: `threshold`, `bright` (0 or 1), ...
  std::vector<std::string> warnings;
};

}  // namespace mote
