#pragma once

#include <string>
#include <vector>

#include "mote/measure/sizes.h"
#include "mote/pipeline/recording.h"

namespace mote::pipeline {

/// Reads `--sizes-at`: numbers of frames, of those that are used, and times such as `5s`, commas
/// between; nothing for an empty text.
/// Throws kUsage where the text is no such thing, a frame or time lies past the last frame, or a
/// time is asked for while frames have none.
std::vector<measure::SizesTime> parse_sizes_at(const std::string& text, const Recording& recording);

}  // namespace mote::pipeline
