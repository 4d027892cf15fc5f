#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mote::track {

/// A saved state with a mark in front that names its kind and version, and a checksum.
std::string sealed_state(uint64_t mark, std::string_view content);

/// What `sealed_state` sealed; `what` names it in messages.
/// Throws kBadFile on another mark, or where the content is not what it was.
std::string_view opened_state(uint64_t mark, std::string_view state, std::string_view what);

}  // namespace mote::track
