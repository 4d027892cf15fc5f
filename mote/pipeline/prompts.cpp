#include "mote/pipeline/prompts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "mote/core/error.h"
#include "mote/core/number_text.h"

namespace mote::pipeline {
namespace {

/// The numbers of `key=number,key=number`, where these are exactly `keys`, once each.
std::optional<std::map<std::string, double>> named_numbers(const std::string& text,
                                                           const std::set<std::string>& keys) {
  std::map<std::string, double> numbers;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view part = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      return std::nullopt;
    }
    const std::string key(part.substr(0, equals));
    const auto number = number_from<double>(part.substr(equals + 1));
    if (!keys.contains(key) || !number || !numbers.emplace(key, *number).second) {
      return std::nullopt;
    }
  }
  return numbers.size() == keys.size() ? std::optional(numbers) : std::nullopt;
}

}  // namespace

Point parse_point(const std::string& text) {
  const auto numbers = named_numbers(text, {"x", "y"});
  if (!numbers) {
    throw Error(ErrorKind::kUsage, "--point '{}': expected x=..,y=.. in pixels", text);
  }
  return {.y_px = numbers->at("y"), .x_px = numbers->at("x")};
}

Box parse_box(const std::string& text) {
  const auto numbers = named_numbers(text, {"x0", "y0", "x1", "y1"});
  if (!numbers) {
    throw Error(ErrorKind::kUsage, "--box '{}': expected x0=..,y0=..,x1=..,y1=.. in pixels", text);
  }
  const auto edge = [&](const char* key) {
    const double value = numbers->at(key);
    if (std::abs(value) > 1e9 || value != std::floor(value)) {
      throw Error(ErrorKind::kUsage, "--box '{}': expected whole pixels", text);
    }
    return static_cast<int64_t>(value);
  };
  const Box box = {.y = edge("y0"),
                   .x = edge("x0"),
                   .height = edge("y1") - edge("y0"),
                   .width = edge("x1") - edge("x0")};
  if (box.empty()) {
    throw Error(ErrorKind::kUsage, "--box '{}' is empty: expected x0 < x1 and y0 < y1", text);
  }
  return box;
}

}  // namespace mote::pipeline
