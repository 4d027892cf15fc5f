#pragma once

#include <cstdint>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace mote::io {

/// A whole number from `least` to `most` in JSON, written as such (3, not 3.0).
/// Throws kBadFile where it is none.
int64_t json_whole(const nlohmann::json& json, int64_t least, int64_t most);

/// A whole number from `least` to the highest of 32 bits. Throws kBadFile where it is none.
int32_t json_int32(const nlohmann::json& json, int32_t least);

/// An array of them. Throws kBadFile where it is none.
std::vector<int32_t> json_int32s(const nlohmann::json& json, int32_t least);

}  // namespace mote::io
