#pragma once

#include <cstdint>

#include "mote/eval/objects.h"

namespace mote::eval {

/// How many objects were left out of one image.
struct SliversLeftOut {
  int64_t truths = 0;
  int64_t results = 0;
};

/// Leaves out slivers: objects of fewer than `least_px` pixels that the border cuts, of which one
/// pixel or more lies in the image's outermost rows or columns. No sliver of the truth is asked.
/// A result that has IoU > 0.5 with no truth that is asked goes with it where it is a sliver
/// itself, or where more than half of it lies in one of the truth: it is neither right nor wrong,
/// as in COCO's regions to ignore. With `least_px` 0 nothing is left out. Throws kUsage where the
/// images differ in size.
SliversLeftOut leave_out_slivers(ObjectImage& truth, ObjectImage& result, int64_t least_px);

}  // namespace mote::eval
