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
    if (!keys.contains(key) || !number || !std::isfinite(*number) ||
        !numbers.emplace(key, *number).second) {
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

Prompts::Prompts(const Job& job) : job_(job) {
  for (const std::string& point : job.points) {
    points_.push_back(parse_point(point));
  }
  for (const std::string& box : job.boxes) {
    boxes_.push_back(parse_box(box));
  }
}

void Prompts::require_inside(Size field) const {
  const auto require = [&](bool inside, const char* option, const std::string& text) {
    if (!inside) {
      const bool cut = !job_.recording.roi.empty() || job_.recording.bin > 1;
      throw Error(ErrorKind::kUsage, "{} {} lies outside the field of {} x {} px{}", option, text,
                  field.width, field.height,
                  cut ? ", which --roi and --bin leave and prompts count in" : "");
    }
  };
  const auto height = static_cast<double>(field.height);
  const auto width = static_cast<double>(field.width);
  for (size_t i = 0; i < points_.size(); ++i) {
    const auto [y, x] = points_[i];
    require(y >= 0 && x >= 0 && y < height && x < width, "--point", job_.points[i]);
  }
  for (size_t i = 0; i < boxes_.size(); ++i) {
    const Box& box = boxes_[i];
    require(box.y >= 0 && box.x >= 0 && box.y_end() <= field.height && box.x_end() <= field.width,
            "--box", job_.boxes[i]);
  }
}

}  // namespace mote::pipeline
