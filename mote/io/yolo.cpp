#include "mote/io/yolo.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "mote/core/error.h"
#include "mote/io/mask_outline.h"

namespace mote::io {
namespace {

constexpr size_t kBoxNumbers = 4;
constexpr size_t kFewest = 6;

std::vector<double> numbers_of(std::string_view line) {
  std::vector<double> numbers;
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
    if (line.empty()) {
      return numbers;
    }
    double number = 0;
    const auto [next, error] = std::from_chars(line.data(), line.data() + line.size(), number);
    const auto used = static_cast<size_t>(next - line.data());
    const bool apart = used == line.size() || line.find_first_of(" \t\r", used) == used;
    if (error != std::errc() || !std::isfinite(number) || !apart) {
      throw Error(ErrorKind::kBadFile, "'{}', expected a class and a polygon",
                  line.substr(0, line.find_first_of(" \t\r")));
    }
    numbers.push_back(number);
    line.remove_prefix(used);
  }
}

YoloInstance instance_of(std::string_view line, Size size) {
  const std::vector<double> numbers = numbers_of(line);
  const size_t corners = numbers.size() - 1;
  constexpr double kMostClasses = 1e6;
  if (numbers[0] < 0 || numbers[0] > kMostClasses || numbers[0] != std::floor(numbers[0])) {
    throw Error(ErrorKind::kBadFile, "the class {}, expected a whole number", numbers[0]);
  }
  if (corners == kBoxNumbers) {
    throw Error(ErrorKind::kUnsupported, "a box: mote reads polygons");
  }
  if (corners < kFewest || corners % 2 != 0) {
    throw Error(ErrorKind::kBadFile, "a polygon of {} numbers, expected pairs, three or more",
                corners);
  }
  Ring ring;
  for (size_t i = 1; i < numbers.size(); i += 2) {
    if (std::min(numbers[i], numbers[i + 1]) < 0 || std::max(numbers[i], numbers[i + 1]) > 1) {
      throw Error(ErrorKind::kBadFile, "a polygon goes to x={} y={}, expected 0 to 1", numbers[i],
                  numbers[i + 1]);
    }
    ring.push_back({.y = numbers[i + 1] * static_cast<double>(size.height),
                    .x = numbers[i] * static_cast<double>(size.width)});
  }
  return {.class_id = static_cast<int32_t>(numbers[0]), .mask = filled({ring}, FillRule::kEvenOdd)};
}

}  // namespace

std::string yolo_line(const YoloInstance& instance, Size size) {
  const Ring largest = largest_outline_of(instance.mask);
  if (largest.empty()) {
    return {};
  }
  std::string line = fmt::format("{}", instance.class_id);
  for (const Corner& corner : largest) {
    // Six figures are 0.03 px of 65536, far from a pixel's centre.
    line += fmt::format(" {:.6f} {:.6f}", corner.x / static_cast<double>(size.width),
                        corner.y / static_cast<double>(size.height));
  }
  return line + "\n";
}

bool fits_yolo(const Mask& mask) {
  return outlines_of(mask).size() == 1;
}

std::vector<YoloInstance> yolo_instances(std::string_view text, Size size) {
  std::vector<YoloInstance> instances;
  for (int64_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
      continue;
    }
    try {
      instances.push_back(instance_of(line, size));
    } catch (const Error& error) {
      throw error.in(fmt::format("line {}", number));
    }
  }
  return instances;
}

}  // namespace mote::io
