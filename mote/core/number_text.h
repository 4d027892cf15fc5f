#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace mote {

/// The number that `text` is from its first to its last character, as std::from_chars reads it;
/// nothing where it is none, or too large for the type.
template <typename Number>
std::optional<Number> number_from(std::string_view text) {
  Number value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  return error == std::errc() && end == last ? std::optional(value) : std::nullopt;
}

}  // namespace mote
