#include "mote/pipeline/track_numbers.h"

#include <algorithm>

#include "mote/core/number_text.h"

namespace mote::pipeline {

std::optional<int32_t> track_number(std::string_view text) {
  const std::optional<int32_t> number = number_from<int32_t>(text);
  return number && *number > 0 ? number : std::nullopt;
}

std::optional<std::vector<int32_t>> track_numbers(std::string_view text) {
  std::vector<int32_t> numbers;
  while (!text.empty()) {
    const size_t end = std::min(text.find(';'), text.size());
    const std::optional<int32_t> number = track_number(text.substr(0, end));
    if (!number) {
      return std::nullopt;
    }
    numbers.push_back(*number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return numbers;
}

}  // namespace mote::pipeline
