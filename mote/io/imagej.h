#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/calibration.h"

namespace mote::io {

/// What ImageJ writes into the ImageDescription of a TIFF file. The pixel size follows with the
/// resolution fields, which hold pixels per unit.
struct ImageJDescription {
  std::optional<int64_t> images;  ///< pages, or images in one piece behind a single directory
  int64_t channels = 1;
  int64_t slices = 1;
  int64_t frames = 1;
  std::string x_unit;  ///< as written, with \u escapes put in; empty where there is none
  std::string y_unit;
  std::optional<FrameInterval> frame_interval;    ///< from `finterval`; `fps` is a playback rate
  std::map<std::string, std::string> instrument;  ///< as `imagej_instrument` wrote it
  std::map<std::string, std::string> metadata;    ///< every other line, by its key
  std::vector<std::string> warnings;
};

/// Nothing where the description is not ImageJ's.
std::optional<ImageJDescription> parse_imagej(const std::string& description);

/// What is known of a microscope, as lines that ImageJ leaves alone.
std::string imagej_instrument(const std::map<std::string, std::string>& instrument);

}  // namespace mote::io
