#include "mote/pipeline/selection.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "mote/core/error.h"
#include "mote/core/number_text.h"

namespace mote::pipeline {
namespace {

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  while (true) {
    const size_t end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) {
      return parts;
    }
    begin = end + 1;
  }
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  return text;
}

std::optional<int64_t> parse_integer(std::string_view text) {
  text = trimmed(text);
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
  }
  return number_from<int64_t>(text);
}

/// One end of a slice: negative counts from the end, beyond either end is cut off.
int64_t slice_end(std::optional<int64_t> given, int64_t missing, int64_t frames) {
  if (!given) {
    return missing;
  }
  return std::clamp<int64_t>(*given < 0 ? *given + frames : *given, 0, frames);
}

}  // namespace

Selection parse_frames(const std::string& text, int64_t frames) {
  if (trimmed(text).empty()) {
    return {.first = 0, .step = 1, .count = frames};
  }
  const std::vector<std::string_view> parts = parts_of(text, ':');
  std::array<std::optional<int64_t>, 3> numbers;
  bool understood = parts.size() <= numbers.size();
  for (size_t i = 0; understood && i < parts.size(); ++i) {
    numbers[i] = parse_integer(parts[i]);
    understood = numbers[i].has_value() || (trimmed(parts[i]).empty() && parts.size() > 1);
  }
  if (!understood) {
    throw Error(ErrorKind::kUsage,
                "--frames '{}': expected A:B:STEP, such as 10:200:2, :-5 or 7 for one frame", text);
  }
  if (parts.size() == 1) {
    const int64_t frame = *numbers[0] < 0 ? *numbers[0] + frames : *numbers[0];
    if (frame < 0 || frame >= frames) {
      throw Error(ErrorKind::kUsage, "--frames {}: the recording has {} frames, from 0 on", text,
                  frames);
    }
    return {.first = frame, .step = 1, .count = 1};
  }
  const int64_t step = numbers[2].value_or(1);
  if (step < 1) {
    throw Error(ErrorKind::kUsage, "--frames {}: the step is {}, expected at least 1", text, step);
  }
  const int64_t first = slice_end(numbers[0], 0, frames);
  const int64_t end = slice_end(numbers[1], frames, frames);
  if (numbers[0] && numbers[1] && *numbers[0] >= 0 && *numbers[1] >= 0 && first >= end) {
    throw Error(ErrorKind::kUsage,
                "--frames {} selects none of the recording's {} frames: it goes from the first up "
                "to, and without, the second number",
                text, frames);
  }
  if (first >= end) {
    throw Error(ErrorKind::kUsage, "--frames {} selects none of the recording's {} frames", text,
                frames);
  }
  return {.first = first, .step = step, .count = (end - first - 1) / step + 1};
}

Box parse_roi(const std::string& text, Size field) {
  if (trimmed(text).empty()) {
    return {.y = 0, .x = 0, .height = field.height, .width = field.width};
  }
  std::optional<int64_t> x;
  std::optional<int64_t> y;
  std::optional<int64_t> w;
  std::optional<int64_t> h;
  for (const std::string_view part : parts_of(text, ',')) {
    const size_t equals = part.find('=');
    const std::string_view key = trimmed(part.substr(0, equals));
    std::optional<int64_t>* const target = key == "x"   ? &x
                                           : key == "y" ? &y
                                           : key == "w" ? &w
                                           : key == "h" ? &h
                                                        : nullptr;
    const auto value = equals == std::string_view::npos ? std::optional<int64_t>()
                                                        : parse_integer(part.substr(equals + 1));
    if (target == nullptr || target->has_value() || !value) {
      throw Error(ErrorKind::kUsage, "--roi '{}': expected x=..,y=..,w=..,h=.. in whole pixels",
                  text);
    }
    *target = value;
  }
  const Box box = {.y = y.value_or(0),
                   .x = x.value_or(0),
                   .height = h.value_or(field.height - y.value_or(0)),
                   .width = w.value_or(field.width - x.value_or(0))};
  const bool begins = box.x >= 0 && box.y >= 0 && box.x < field.width && box.y < field.height;
  const bool ends =
      begins && box.width <= field.width - box.x && box.height <= field.height - box.y;
  if (!ends || box.empty()) {
    throw Error(ErrorKind::kUsage, "--roi {} does not lie within the field of {} x {} px", text,
                field.width, field.height);
  }
  return box;
}

}  // namespace mote::pipeline
