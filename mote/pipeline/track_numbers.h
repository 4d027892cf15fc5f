#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace mote::pipeline {

/// The number of a track, from 1 on; nothing where the text is none.
std::optional<int32_t> track_number(std::string_view text);

/// Numbers of tracks with `;` between, as written; none for an empty text, nothing where one of
/// them is no such number.
std::optional<std::vector<int32_t>> track_numbers(std::string_view text);

}  // namespace mote::pipeline
