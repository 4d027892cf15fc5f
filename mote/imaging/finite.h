#pragma once

#include <cstdint>

#include "mote/core/image.h"

namespace mote::imaging {

/// Replaces samples that are no finite float32 (NaN, infinite; dead pixels in float recordings) by
/// the median of the finite ones around them, and says how many there were. Integer images are
/// left alone.
/// Throws kBadFile, with count and first position, where more than one sample in a thousand of
/// `box` is not finite: then the frame is damaged, or part of it was never recorded. Pixels outside
/// `box` are neither looked at nor changed.
int64_t repair_non_finite(Image& image, Box box);

}  // namespace mote::imaging
