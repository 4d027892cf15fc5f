#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/grid.h"
#include "mote/imaging/outline.h"
#include "mote/imaging/refine.h"

namespace mote::segment {

/// The coverage of each pixel, 0 to 255, inside the outlines of `mask`, moved to the image's own
/// edges.
Grid<uint8_t> refined_coverage(const Grid<float>& image, const BinaryImage& mask,
                               const std::vector<imaging::Outline>& outlines,
                               const imaging::RefineOptions& options);

/// 1 where a pixel is covered by half or more.
BinaryImage covered_by_half(const Grid<uint8_t>& coverage);

/// Takes the excluded pixels out of a mask; `excluded` may be empty.
void leave_out(BinaryImage& mask, const BinaryImage& excluded);

}  // namespace mote::segment
