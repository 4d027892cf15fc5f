#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "mote/core/image.h"

namespace mote {

/// One time point of a recording.
struct Frame {
  int64_t index = 0;                     ///< counts from 0 in the recording as it is on disk
  std::optional<double> time_s;          ///< as recorded; nothing where the file has no stamps
  std::map<std::string, double> values;  ///< named readings of this frame, such as temperature_c
  Image image;
};

}  // namespace mote
