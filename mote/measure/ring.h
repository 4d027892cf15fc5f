#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mote/core/grid.h"
#include "mote/measure/label_index.h"

namespace mote::measure {

/// The background of every label, in order of `index`: the median of the finite values of `image`
/// over the unlabelled pixels that are `inner_px` to `outer_px` steps from the label and no
/// neighbours of another one; nothing where there are none. Steps go to 8-neighbours and
/// 4-neighbours in turn, from 8 on, so that distance is nearly round.
std::vector<std::optional<double>> ring_medians(const Grid<float>& image, const LabelImage& labels,
                                                const LabelIndex& index, int64_t inner_px,
                                                int64_t outer_px);

}  // namespace mote::measure
