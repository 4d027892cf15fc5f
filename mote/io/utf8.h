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

/// The characters of UTF-8, and back; what is none becomes U+FFFD.
std::u32string utf8_to_utf32(std::string_view text);
std::string utf32_to_utf8(std::u32string_view characters);

}  // namespace mote::io
