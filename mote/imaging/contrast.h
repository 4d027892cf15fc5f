#pragma once

#include <cstddef>
#include <vector>

#include "mote/core/grid.h"

namespace mote::imaging {

struct Contrast {
  double value = 0;
  double error = 0;  ///< standard error from the spread of the pixels, as if they were independent

  bool operator==(const Contrast&) const = default;
};

/// |mean of a label's rim - mean around it|, by label (that of 0 is 0). The rim are its pixels up
/// to 4 px from the background, after `distance`; around are the unlabelled pixels that it reaches
/// in more than `gap_px` and up to `gap_px` + 4 steps before another label does. 0 where there are
/// none. Labels count from 1 to `count`.
std::vector<Contrast> contrasts_of(const LabelImage& labels, size_t count,
                                   const Grid<float>& distance, const Grid<float>& image,
                                   int gap_px = 1);

}  // namespace mote::imaging
