#include "mote/io/direct_electron.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>

#include "mote/io/file.h"
#include "mote/io/utf8.h"

namespace mote::io {
namespace {

constexpr int64_t kMostBytes = 1 << 20;

// `Key   = value`, a line each.
std::map<std::string, std::string> read_lines(const std::string& path) {
  std::map<std::string, std::string> lines;
  const std::string text = to_utf8(File(path).leading_bytes(kMostBytes));
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    const size_t equals = line.find('=');
    const size_t key_end = line.find_last_not_of(" \t", equals - 1);
    const size_t value =
        equals == std::string::npos ? equals : line.find_first_not_of(" \t", equals + 1);
    if (equals == std::string::npos || equals == 0 || key_end == std::string::npos ||
        value == std::string::npos) {
      continue;
    }
    lines.emplace(line.substr(0, key_end + 1),
                  line.substr(value, line.find_last_not_of(" \t\r") + 1 - value));
  }
  return lines;
}

std::optional<double> positive(const std::map<std::string, std::string>& lines,
                               const std::string& key) {
  const auto line = lines.find(key);
  if (line == lines.end()) {
    return std::nullopt;
  }
  double value = 0;
  const std::string& text = line->second;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return std::isfinite(value) && value > 0 ? std::optional(value) : std::nullopt;
}

}  // namespace

void describe_direct_electron(const std::string& path, int64_t images, RecordingInfo& info) {
  const std::filesystem::path file(path);
  const std::string stem = file.stem().string();
  const size_t last = stem.rfind('_');
  const std::string name = stem.substr(0, last) + "_info.txt";
  const std::string beside = (file.parent_path() / name).string();
  std::error_code ignored;
  if (last == std::string::npos || !std::filesystem::is_regular_file(beside, ignored)) {
    return;
  }
  const auto lines = read_lines(beside);
  const auto x_nm = positive(lines, "Specimen Pixel Size X (nanometers)");
  const auto y_nm = positive(lines, "Specimen Pixel Size Y (nanometers)");
  const auto scan = lines.find("Scan - Enable");
  const bool is_scan = scan != lines.end() && scan->second == "Enable";
  if (x_nm && y_nm && !info.pixel_size && !is_scan) {
    info.pixel_size = {.y_nm = *y_nm, .x_nm = *x_nm, .source = name};
  }
  if (is_scan && images > 1) {
    info.pixel_size.reset();
    info.warnings.push_back("the images belong to the points of a scan (" + name +
                            "): they are no frames in time, and have no pixel size");
  } else if (const auto rate = positive(lines, "Frames Per Second"); rate && images > 1) {
    const double summed = positive(lines, "Autosave Movie Sum Count").value_or(1);
    info.frame_interval = {.seconds = summed / *rate, .source = name};
  }
  for (const auto& [key, value] : lines) {
    info.metadata.emplace(key, value);
  }
}

}  // namespace mote::io
