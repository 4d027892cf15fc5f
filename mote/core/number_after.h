#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <sstream>
#include <string>

namespace mote {

/// The whole number that stands after the word `key` at the beginning of a line, as in files of
/// /proc; nothing where no line has it.
inline std::optional<int64_t> number_after(std::istream& lines, const std::string& key) {
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    int64_t number = 0;
    if (words >> word >> number && word == key) {
      return number;
    }
  }
  return std::nullopt;
}

}  // namespace mote
