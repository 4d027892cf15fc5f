#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "mote/core/calibration.h"

namespace mote::io {

/// One axis of an image: `t`, `c`, `z`, `y` or `x`, whatever it is called in the file.
struct NgffAxis {
  char axis = 'x';
  std::string unit;  ///< empty where there is none
  double scale = 1;  ///< of the largest level, in that unit
};

/// What the `multiscales` of a group say of its first image.
struct NgffImage {
  std::string version;  ///< `0.4`; empty where the file does not say
  std::string name;
  std::string array;  ///< path of the largest level within the group
  size_t levels = 0;
  std::vector<NgffAxis> axes;  ///< in the order of the array's dimensions; y and x are the last two
  bool is_labels = false;
  std::vector<std::string> warnings;

  /// Nothing where the image has no such axis.
  const NgffAxis* find(char axis) const;
  /// Nothing, with a warning where something was said, where the scale has no unit of length.
  std::optional<PixelSize> pixel_size(std::vector<std::string>& warnings) const;
  std::optional<FrameInterval> frame_interval() const;
};

/// OME-NGFF 0.1 to 0.5 (2020 to 2024), ngff.openmicroscopy.org, section "multiscales": Moore et
/// al., "OME-NGFF: a next-generation file format for expanding bioimaging data-access strategies",
/// Nature Methods 18 (2021), 1496.
///
/// `attributes` are those of the group. Nothing where they name no image.
/// Throws kBadFile where they contradict themselves, kUnsupported for axes that are not of an
/// image in the order t, c, z, y, x.
std::optional<NgffImage> parse_ngff(const nlohmann::json& attributes);

/// The attributes that belong to OME: those under `ome` since version 0.5.
nlohmann::json ome_attributes(const nlohmann::json& attributes);

}  // namespace mote::io
