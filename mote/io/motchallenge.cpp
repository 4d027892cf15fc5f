#include "mote/io/motchallenge.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <tuple>

#include "mote/core/error.h"
#include "mote/io/frame_number.h"

namespace mote::io {
namespace {

constexpr size_t kFewest = 6;

/// The numbers of a line between commas or spaces; nothing where one is none.
std::optional<std::vector<double>> numbers_of(const std::string& line) {
  std::vector<double> numbers;
  const char* at = line.data();
  const char* end = line.data() + line.size();
  const auto is_between = [](char c) { return c == ',' || c == ' ' || c == '\t' || c == '\r'; };
  while (true) {
    at = std::find_if_not(at, end, is_between);
    if (at == end) {
      return numbers;
    }
    double number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc() || !std::isfinite(number) || (next != end && !is_between(*next))) {
      return std::nullopt;
    }
    numbers.push_back(number);
    at = next;
  }
}

bool is_whole(double number, double least, double most) {
  return number == std::floor(number) && number >= least && number <= most;
}

MotBox box_of(const std::string& line, int64_t line_number) {
  const auto numbers = numbers_of(line);
  constexpr double kMostIds = std::numeric_limits<int32_t>::max();
  if (!numbers || numbers->size() < kFewest || !is_whole((*numbers)[0], 1, 1e18) ||
      !is_whole((*numbers)[1], 0, kMostIds) || (*numbers)[4] < 0 || (*numbers)[5] < 0) {
    throw Error(ErrorKind::kBadFile,
                "line {}: '{}', expected frame, id, left, top, width, height and confidence",
                line_number, line);
  }
  if ((*numbers)[0] > static_cast<double>(kMostFrames)) {
    throw Error(ErrorKind::kBadFile, "line {}: frame {:.0f}, expected {} at the most", line_number,
                (*numbers)[0], kMostFrames);
  }
  const std::vector<double>& n = *numbers;
  return {.frame = static_cast<int64_t>(n[0]) - 1,
          .id = static_cast<int32_t>(n[1]),
          .left_px = n[2],
          .top_px = n[3],
          .width_px = n[4],
          .height_px = n[5],
          .confidence = n.size() > kFewest ? n[kFewest] : 1};
}

}  // namespace

std::vector<MotBox> mot_boxes(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<MotBox> boxes;
  std::string line;
  for (int64_t number = 1; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) {
      boxes.push_back(box_of(line, number));
    }
  }
  const auto key = [](const MotBox& box) { return std::tie(box.frame, box.id); };
  std::stable_sort(boxes.begin(), boxes.end(),
                   [&](const MotBox& a, const MotBox& b) { return key(a) < key(b); });
  const auto twice =
      std::adjacent_find(boxes.begin(), boxes.end(),
                         [&](const MotBox& a, const MotBox& b) { return key(a) == key(b); });
  if (twice != boxes.end()) {
    throw Error(ErrorKind::kBadFile, "frame {} has id {} twice, expected once", twice->frame + 1,
                twice->id);
  }
  return boxes;
}

}  // namespace mote::io
