#pragma once

#include <exception>
#include <string>

namespace mote::io {

/// What is wrong with JSON, without the words of its library: `no JSON from byte 12 on`, `has no
/// 'images'`, `found a text, expected a number`. `error` is a nlohmann::json::exception.
std::string json_fault(const std::exception& error);

}  // namespace mote::io
