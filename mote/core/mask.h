#pragma once

#include <cstdint>
#include <map>
#include <optional>
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

/// The pixels of `box` for which `inside(y, x)` is true.
template <typename Inside>
Mask mask_where(const Box& box, const Inside& inside) {
  Mask mask;
  for (int64_t y = box.y; y < box.y_end(); ++y) {
    bool open = false;
    for (int64_t x = box.x; x < box.x_end(); ++x) {
      if (!inside(y, x)) {
        open = false;
      } else if (open) {
        ++mask.runs.back().length;
      } else {
        mask.runs.push_back(
            {.y = static_cast<int32_t>(y), .x = static_cast<int32_t>(x), .length = 1});
        open = true;
      }
    }
  }
  return mask;
}

/// The mask of every label in `labels`, by label.
std::map<int32_t, Mask> masks_of(const LabelImage& labels);

/// How many pixels of `mask`, moved by `shift` rounded to whole pixels, are in `other` too.
int64_t common_px(const Mask& mask, Point shift, const Mask& other);

/// The part of a run that lies in an image of `size`; nothing where none does.
std::optional<Run> part_within(const Run& run, Size size);

/// Sets the pixels of `mask` in `labels` to `label`; runs outside the image are cut off.
void paint(LabelImage& labels, const Mask& mask, int32_t label);

}  // namespace mote
