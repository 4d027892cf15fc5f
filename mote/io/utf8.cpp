#include "mote/io/utf8.h"

#include <algorithm>

namespace mote::io {
namespace {

// Bytes of the valid UTF-8 sequence that `text` begins with; 0 where it begins with none.
size_t sequence_bytes(std::string_view text) {
  const auto at = [&](size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto follows = [&](size_t i) { return (at(i) & 0xC0) == 0x80; };
  const unsigned first = at(0);
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xC2 && first < 0xE0 && follows(1)) {
    return 2;
  }
  const bool overlong = (first == 0xE0 && at(1) < 0xA0) || (first == 0xF0 && at(1) < 0x90);
  const bool beyond = (first == 0xED && at(1) > 0x9F) || (first == 0xF4 && at(1) > 0x8F);
  if (overlong || beyond || first < 0xE0 || first > 0xF4 || !follows(1) || !follows(2)) {
    return 0;
  }
  if (first < 0xF0) {
    return 3;
  }
  return follows(3) ? 4 : 0;
}

}  // namespace

void append_utf8(std::string& text, uint32_t code_point) {
  if (code_point < 0x80) {
    text += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    text += static_cast<char>(0xC0 | code_point >> 6);
    text += static_cast<char>(0x80 | (code_point & 63));
  } else if (code_point < 0x10000) {
    text += static_cast<char>(0xE0 | code_point >> 12);
    text += static_cast<char>(0x80 | (code_point >> 6 & 63));
    text += static_cast<char>(0x80 | (code_point & 63));
  }
}

std::string to_utf8(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const size_t bytes = sequence_bytes(text);
    if (bytes > 0) {
      result += text.substr(0, bytes);
    } else {
      append_utf8(result, static_cast<unsigned char>(text.front()));
    }
    text.remove_prefix(bytes > 0 ? bytes : 1);
  }
  return result;
}

std::u32string utf8_to_utf32(std::string_view text) {
  std::u32string characters;
  while (!text.empty()) {
    const size_t bytes = sequence_bytes(text);
    const auto first = static_cast<unsigned char>(text[0]);
    // The lead byte of a sequence of n bytes begins with n ones and a zero.
    char32_t value = bytes < 2 ? first : first & (0x7FU >> bytes);
    for (size_t i = 1; i < bytes; ++i) {
      value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    characters += bytes == 0 ? U'\uFFFD' : value;
    text.remove_prefix(std::max<size_t>(1, bytes));
  }
  return characters;
}

std::string utf32_to_utf8(std::u32string_view characters) {
  std::string text;
  for (const char32_t value : characters) {
    if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
      append_utf8(text, 0xFFFD);
    } else if (value < 0x10000) {
      append_utf8(text, value);
    } else {
      text += static_cast<char>(0xF0 | value >> 18);
      for (const int shift : {12, 6, 0}) {
        text += static_cast<char>(0x80 | (value >> shift & 0x3F));
      }
    }
  }
  return text;
}

}  // namespace mote::io
