#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/mask.h"

namespace mote::io {

/// One particle in one image, as YOLO's files for segmentation hold it: they have no ids.
struct YoloInstance {
  int32_t class_id = 0;  ///< from 0 on
  Mask mask;

  bool operator==(const YoloInstance&) const = default;
};

/// A line `class x1 y1 x2 y2 ...` with its end: the largest outline of the mask, along the edges of
/// its pixels, x by the image's width and y by its height. Holes and smaller pieces are not held.
/// Empty for an empty mask.
///
/// Ultralytics, "Instance Segmentation Datasets Overview", YOLO format.
std::string yolo_line(const YoloInstance& instance, Size size);

/// True where a line holds the whole mask: it is one piece without holes.
bool fits_yolo(const Mask& mask);

/// The instances in a text of such lines, in its order: the pixels of an image of `size` whose
/// centres lie inside the polygon.
/// Throws kBadFile, naming the line, where it is none, kUnsupported for a line of a box
/// (`class x y width height`), which has no outline.
std::vector<YoloInstance> yolo_instances(std::string_view text, Size size);

}  // namespace mote::io
