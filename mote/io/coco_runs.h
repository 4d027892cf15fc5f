#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/mask.h"

namespace mote::io {

/// Places of an image, counted down its columns, where outside and inside change, in order: the
/// pixels from every first up to every second are inside.
using ColumnChanges = std::vector<int64_t>;

/// The run lengths that a text of COCO's stands for: numbers of five bits a character, lowest
/// first, from the third on as differences to the last but one. Throws kBadFile where it is none.
///
/// Lin et al., "Microsoft COCO: Common Objects in Context", ECCV 2014 (arXiv:1405.0312); format as
/// at cocodataset.org.
std::vector<int64_t> coco_run_lengths(const std::string& counts);

/// Where runs down the columns, of which the first is background, begin and end.
/// Throws kBadFile where they are not as long as the image.
ColumnChanges changes_of_runs(const std::vector<int64_t>& run_lengths, Size size);

/// The pixels that are inside by any of `all`. Throws kBadFile where it is of too many runs.
Mask mask_of_columns(const std::vector<ColumnChanges>& all, Size size);

/// The pixels that COCO's text of runs stands for. Throws kBadFile where they are not as long as
/// the image, or that is none.
Mask coco_mask(const std::string& counts, Size size);

/// The runs of a mask in an image of `size` as COCO's text of them, `counts`; `mask` lies within.
std::string coco_counts(const Mask& mask, Size size);

/// Throws kBadFile for an image without pixels, or of more than any camera's.
void require_coco_size(Size size);

}  // namespace mote::io
