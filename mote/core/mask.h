#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "mote/core/grid.h"

namespace mote {

/// `length` pixels of row `y` from column `x` on.
struct Run {
  int32_t y = 0;
  int32_t x = 0;
  int32_t length = 0;

  bool operator==(const Run&) const = default;
};

/// Yes or no a pixel, as the runs of yes in reading order; runs of one row neither touch nor
/// overlap.
struct Mask {
  std::vector<Run> runs;

  int64_t area_px() const;
  /// The smallest box that holds the mask; empty for an empty mask.
  Box bounds() const;
  bool operator==(const Mask&) const = default;
};

/// The mask of every label in `labels`, by label.
std::map<int32_t, Mask> masks_of(const LabelImage& labels);

/// Sets the pixels of `mask` in `labels` to `label`; runs outside the image are cut off.
void paint(LabelImage& labels, const Mask& mask, int32_t label);

}  // namespace mote
