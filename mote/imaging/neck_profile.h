#pragma once

#include "mote/core/grid.h"
#include "mote/core/segmentation.h"

namespace mote::imaging {

/// Measures the widths of necks on the unsmoothed image, each by its own contrast; their ratios,
/// which are those of the mask, stay.
///
/// A threshold that suits the particles is too high for what lies between them: a round neck is as
/// thick as it is wide, so that the rim of it, and all of a thin one, falls below, and the mask's
/// neck is too narrow. Here grey levels are read across the neck, where the labels of both regions
/// meet on the line between their centroids, and the neck reaches to the half level between its
/// own middle and the background beside both particles. What the optics fill in is taken off as by
/// unfill_necks; a neck that is nothing else, or has less than a tenth of the particles' contrast,
/// has width 0. `bright`: particles are brighter than
/// the background.
///
/// Where there is no background to read, or no contrast, a width stays as it is.
void measure_necks(Segmentation& segmentation, const Grid<float>& image, bool bright);

}  // namespace mote::imaging
