#pragma once

#include <cstddef>
#include <vector>

#include "mote/core/grid.h"

namespace mote::imaging {

/// |mean of a label's rim - mean around it|, by label (that of 0 is 0). The rim are its pixels up
/// to 4 px from the background, after `distance`; around are the unlabelled pixels that it reaches
/// in more than `gap_px` and up to `gap_px` + 4 steps before another label does. 0 where there are
/// none. Labels count from 1 to `count`.
std::vector<double> contrasts_of(const LabelImage& labels, size_t count,
                                 const Grid<float>& distance, const Grid<float>& image,
                                 int gap_px = 1);

}  // namespace mote::imaging
