#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/grid.h"

namespace mote::imaging {

struct Component {
  int64_t area_px = 0;
  Box box;
  bool touches_border = false;

  bool operator==(const Component&) const = default;
};

/// The 8-connected pieces of a mask.
struct Components {
  LabelImage labels;                  ///< from 1 on, in reading order of their first pixels
  std::vector<Component> components;  ///< that of label i at [i - 1]
};

Components components_of(const BinaryImage& mask);

/// The 8-connected pieces of the labels of an image.
struct LabelPieces {
  LabelImage numbers;  ///< from 1 on, in order of label, then of first pixel in reading order
  std::vector<int32_t> labels;    ///< that piece i is of, at [i - 1]
  std::vector<int64_t> areas_px;  ///< likewise
};

LabelPieces pieces_of(const LabelImage& labels);

/// The 4-connected pieces of what `mask` leaves free and that do not reach the border.
Components holes_of(const BinaryImage& mask);

/// 1 where a label image has a label.
BinaryImage mask_of(const LabelImage& labels);

}  // namespace mote::imaging
