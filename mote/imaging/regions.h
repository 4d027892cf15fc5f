#pragma once

#include "mote/core/segmentation.h"

namespace mote::imaging {

/// Joins regions whose neck ratio is `ratio` or more into one: what a still image, without history,
/// can say. Labels are renumbered from 1 in the order of their lowest region.
Segmentation join_necks(Segmentation segmentation, double ratio);

/// Regions, clusters (8-connected) and necks of a label image that comes from elsewhere. Labels are
/// renumbered from 1 without holes, in ascending order.
Segmentation segmentation_of(const LabelImage& labels);

}  // namespace mote::imaging
