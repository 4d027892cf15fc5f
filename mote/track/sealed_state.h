#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "mote/core/bytes.h"

namespace mote::track {

/// Writes a state with a mark in front, which names its kind and version, and a checksum behind.
/// `content` writes the state itself.
void seal_state(uint64_t mark, ByteWriter& out, const std::function<void(ByteWriter&)>& content);

/// The same of a state that is at hand.
std::string sealed_state(uint64_t mark, std::string_view content);

/// The content of what was sealed; `what` names it in messages.
/// Throws kBadFile on another mark, or where the content is not what it was.
std::string_view opened_state(uint64_t mark, std::string_view state, std::string_view what);

}  // namespace mote::track
