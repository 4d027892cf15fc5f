#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/mask.h"

namespace mote::track {

struct NewObjectOptions {
  int64_t min_area_px = 200;   ///< of an object
  double min_new_share = 0.8;  ///< of a region, that no tracked object covers, for it to be new
  int32_t max_id = std::numeric_limits<int32_t>::max();  ///< largest id that is given out
};

/// The label image that a segmenter's masks make: each mask of more than `min_area_px` is painted
/// over those before it; what is left of one counts if it has `min_area_px`. Labels are 1, 2, ...
/// in the order of the masks, `max_id` of them at most.
///
/// Cheng et al., "Segment and Track Anything", 2023 (arXiv:2305.06558), as its program does.
LabelImage painted_masks(Size field, const std::vector<Mask>& masks,
                         const NewObjectOptions& options);

/// The objects of `segmented` that are not in `tracked`: of each label, in rising order, the pixels
/// that nothing tracked covers, unless they are less than `min_new_share` of it or fewer than
/// `min_area_px`. Ids go on after `largest_id`, the largest ever given out, so none is used twice.
///
/// Cheng et al., as above, in its intended form: the published program starts at `largest_id`
/// itself, and renumbers in place, which mixes objects up.
/// Throws kUsage where sizes differ.
LabelImage new_objects(const LabelImage& tracked, const LabelImage& segmented, int32_t largest_id,
                       const NewObjectOptions& options);

/// `tracked` with the labels of `added` where it has none.
LabelImage joined_labels(const LabelImage& tracked, const LabelImage& added);

}  // namespace mote::track
