#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "mote/pipeline/jobs.h"

namespace mote::pipeline {

/// What tells one input from another: for each file its size, modification time and a hash
/// (XXH3-128) of its first 64 KiB and eight sampled blocks, or of everything.
/// Throws kNotFound.
nlohmann::ordered_json input_identity(const std::vector<std::string>& files, InputHash hash);

}  // namespace mote::pipeline
