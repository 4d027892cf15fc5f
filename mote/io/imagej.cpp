#include "mote/io/imagej.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "mote/io/utf8.h"

namespace mote::io {
namespace {

constexpr std::string_view kOurs = "mote.";

// The reverse of `unescaped`, without what would end a line or a key.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char32_t code : utf8_to_utf32(text)) {
    if (code < ' ') {
      result += ' ';
    } else if (code < 0x80 && code != '\\' && code != '=') {
      result += static_cast<char>(code);
    } else if (code < 0x10000) {
      result += fmt::format("\\u{:04x}", static_cast<uint32_t>(code));
    } else {
      result += '?';
    }
  }
  return result;
}

// The micro, angstrom and degree signs come escaped, as Latin-1 or as UTF-8, by ImageJ's version.
std::string unescaped(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    uint32_t code = static_cast<unsigned char>(text[i]);
    if (text.substr(i).starts_with("\\u") && i + 6 <= text.size()) {
      std::from_chars(text.data() + i + 2, text.data() + i + 6, code, 16);
      i += 5;
    } else if (code >= 0xC2 && i + 1 < text.size() &&
               (static_cast<unsigned char>(text[i + 1]) & 0xC0) == 0x80) {
      result += text[i++];
      result += text[i];
      continue;
    }
    append_utf8(result, code);
  }
  return result;
}

std::optional<double> to_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

int64_t count(const std::map<std::string, std::string>& lines, const std::string& key) {
  const auto line = lines.find(key);
  if (line == lines.end()) {
    return 1;
  }
  const double value = to_number(line->second).value_or(1);
  return value >= 1 && value < 1e12 ? static_cast<int64_t>(value) : 1;
}

}  // namespace

std::optional<ImageJDescription> parse_imagej(const std::string& description) {
  if (!description.starts_with("ImageJ=")) {
    return std::nullopt;
  }
  ImageJDescription result;
  std::string_view rest = description;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find_first_of("\r\n"));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (const size_t equals = line.find('='); equals != std::string_view::npos) {
      const std::string_view key = line.substr(0, equals);
      const std::string value = unescaped(line.substr(equals + 1));
      if (key.starts_with(kOurs)) {
        result.instrument.emplace(unescaped(key.substr(kOurs.size())), value);
      } else {
        result.metadata.emplace(key, value);
      }
    }
  }
  const auto text = [&](const std::string& key) {
    const auto line = result.metadata.find(key);
    return line == result.metadata.end() ? std::string() : line->second;
  };
  if (result.metadata.contains("images")) {
    result.images = count(result.metadata, "images");
  }
  result.channels = count(result.metadata, "channels");
  result.slices = count(result.metadata, "slices");
  result.frames = count(result.metadata, "frames");
  result.x_unit = text("unit");
  result.y_unit = text("yunit").empty() ? result.x_unit : text("yunit");

  const std::optional<double> interval = to_number(text("finterval"));
  const std::string time_unit = text("tunit").empty() ? "s" : text("tunit");
  const std::optional<double> seconds = seconds_per(time_unit);
  if (interval && *interval > 0 && seconds) {
    result.frame_interval = {.seconds = *interval * *seconds, .source = "ImageJ TIFF"};
  } else if (interval && *interval > 0) {
    result.warnings.push_back(
        fmt::format("ImageJ's frame interval {} is in '{}', which is no known unit of time",
                    text("finterval"), time_unit));
  } else if (!text("fps").empty()) {
    result.warnings.push_back(fmt::format(
        "ImageJ's fps={} is a playback rate, not taken for the frame interval", text("fps")));
  }
  return result;
}

std::string imagej_instrument(const std::map<std::string, std::string>& instrument) {
  std::string lines;
  for (const auto& [key, value] : instrument) {
    lines += fmt::format("{}{}={}\n", kOurs, escaped(key), escaped(value));
  }
  return lines;
}

}  // namespace mote::io
