#pragma once

#include <cstdint>
#include <string>

namespace mote::io {

/// Appends a code point of the basic plane as UTF-8; others leave `text` as it is.
void append_utf8(std::string& text, uint32_t code_point);

}  // namespace mote::io
