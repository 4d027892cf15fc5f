#pragma once

#include <cstdint>
#include <string>

#include "mote/core/grid.h"

namespace mote::pipeline {

/// Frames `first`, `first + step`, ... of a recording, `count` of them.
struct Selection {
  int64_t first = 0;
  int64_t step = 1;
  int64_t count = 0;

  bool operator==(const Selection&) const = default;
};

/// Reads `--frames`: `A:B:STEP` by Python's rules for slices (any part may be missing, B is
/// excluded, negative A and B count from the end), or `N` for one frame; empty for all.
/// Throws kUsage where the text is no such thing, nothing is selected, or STEP is not positive:
/// time does not run backwards.
Selection parse_frames(const std::string& text, int64_t frames);

/// Reads `--roi`: `x=..,y=..,w=..,h=..` in any order; without x or y from the border, without w or
/// h to the other border. Empty for the whole field.
/// Throws kUsage where the text is no such thing, or the region does not lie within the field.
Box parse_roi(const std::string& text, Size field);

}  // namespace mote::pipeline
