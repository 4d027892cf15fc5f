#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mote::io {

/// Appends a code point of the basic plane as UTF-8; others leave `text` as it is.
void append_utf8(std::string& text, uint32_t code_point);

/// Text of a file that does not say how it is encoded: what is valid UTF-8 (RFC 3629) stays, every
/// other byte is taken for Latin-1.
std::string to_utf8(std::string_view text);

}  // namespace mote::io
