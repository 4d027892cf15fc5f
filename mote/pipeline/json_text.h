#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace mote::pipeline {

/// JSON as text, on one line unless `indent` is given. A file name need not be UTF-8, JSON must be:
/// bytes that are not become U+FFFD.
std::string json_text(const nlohmann::ordered_json& json, int indent = -1);

}  // namespace mote::pipeline
