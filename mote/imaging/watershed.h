#pragma once

#include "mote/core/grid.h"
#include "mote/imaging/components.h"

namespace mote::imaging {

struct CutOptions {
  double max_neck_ratio = 0.9;  ///< necks of this ratio and more are left uncut
  double min_depth_px = 0.75;   ///< a lobe rises this far above its neck, or it is a rough edge
  double min_diameter_px = 5;   ///< lobes thinner than this are left uncut
};

/// Cuts the components of a mask at their necks: a watershed of the distance transform that floods
/// from the peaks down and, where two basins meet, keeps them apart if the saddle is low enough
/// against the lower peak (Soille, "Morphological Image Analysis", 2nd ed. 2004, sec. 6.3.4
/// and 9.2; the criterion is relative where the h-maxima transform's is absolute).
///
/// `distance` is `distance_to_background` of the mask. Labels count from 1 in reading order of
/// first pixels; components that are not cut keep one label. Time is linear in pixels.
LabelImage cut_at_necks(const Components& components, const Grid<float>& distance,
                        const CutOptions& options);

}  // namespace mote::imaging
