#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace mote::pipeline {

/// What a TOML file says, as JSON: tables and lists are kept, in the order of their keys.
/// Throws kNotFound; kBadFile, with the line, where the text is no TOML; kUsage where a value is a
/// date, a time, infinite or no number. The path stands in front.
nlohmann::ordered_json read_toml(const std::string& path);

}  // namespace mote::pipeline
