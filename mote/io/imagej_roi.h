#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mote/core/mask.h"

namespace mote::io {

/// A region of interest of ImageJ's, as the pixels inside.
struct ImagejRoi {
  std::string name;
  std::optional<int64_t> frame;  ///< from 0 on; in the file from 1 on. Nothing: on every frame
  Mask mask;

  bool operator==(const ImagejRoi&) const = default;
};

/// The pixels that ImageJ selects for a .roi file: rectangle, oval, polygon, freehand, traced
/// (ellipses and rotated rectangles among them) and composite. A name in the file goes before
/// `file_name`; the frame comes from its time point, its position in the stack, or a name as ImageJ
/// gives it, `frame-y-x` of four figures each. What lies above or left of the image is cut off.
///
/// Throws kUnsupported for what has no inside (lines, points, angles, texts) and for rounded
/// rectangles and splines, kBadFile where the bytes are no ROI.
ImagejRoi imagej_roi(std::string_view bytes, const std::string& file_name);

/// Hands every ROI of a .roi file, or of a zip file of them such as ImageJ's RoiSet.zip, to `use`.
/// Throws as `imagej_roi` and `for_each_zip_entry`; the message does not repeat the path.
void for_each_imagej_roi(const std::string& path,
                         const std::function<void(const ImagejRoi& roi)>& use);

}  // namespace mote::io
