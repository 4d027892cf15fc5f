#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "mote/pipeline/recording.h"

namespace mote::pipeline {

/// What a recording is: format, frames, size, sample type, calibration with the source of each
/// figure, what a run will cost, warnings; from the header, the first frame and, of a recording
/// with time stamps, the last. Of several channels or slices of which none was chosen, the first is
/// told of, with a warning. With `all`, also whatever else the file says. Throws as
/// Recording::open.
nlohmann::ordered_json describe(const RecordingOptions& options, bool all);

/// The same to read.
std::string to_text(const nlohmann::ordered_json& description);

}  // namespace mote::pipeline
