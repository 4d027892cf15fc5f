#pragma once

#include <vector>

#include "mote/core/grid.h"
#include "mote/core/mask.h"
#include "mote/io/coco_runs.h"

namespace mote::io {

/// Where a polygon's inside begins and ends down the columns of an image, as the program of COCO's
/// authors fills it: its outline is followed on a grid of fifths of a pixel, and counts where it
/// crosses the middle of a column.
///
/// pycocotools, maskApi.c, rleFrPoly (cocodataset.org).
/// Throws kBadFile where the outline is longer than any image's.
ColumnChanges coco_polygon_changes(const std::vector<Point>& polygon, Size size);

}  // namespace mote::io
