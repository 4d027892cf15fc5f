#include "mote/io/emi.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <string_view>

#include "mote/core/error.h"
#include "mote/io/file.h"
#include "mote/io/utf8.h"

namespace mote::io {
namespace {

constexpr int64_t kMostBytes = 64 << 20;

// What stands between `<name>` and the next `<`, from `from` on; `from` moves behind it.
std::optional<std::string> element(std::string_view text, const std::string& name, size_t& from) {
  const std::string tag = "<" + name + ">";
  const size_t begin = text.find(tag, from);
  if (begin == std::string_view::npos) {
    return std::nullopt;
  }
  const size_t end = text.find('<', begin + tag.size());
  from = std::min(end, text.size());
  std::string value = to_utf8(text.substr(begin + tag.size(), from - begin - tag.size()));
  value.erase(0, std::min(value.find_first_not_of(' '), value.size()));
  return value;
}

std::string first_element(std::string_view text, const std::string& name) {
  size_t from = 0;
  return element(text, name, from).value_or("");
}

std::optional<double> positive(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return std::isfinite(value) && value > 0 ? std::optional(value) : std::nullopt;
}

// `<Label>..</Label><Value>..</Value><Unit>..</Unit>`, again and again.
void read_labels(std::string_view text, EmiDescription& emi) {
  size_t from = 0;
  while (const auto label = element(text, "Label", from)) {
    const auto value = element(text, "Value", from);
    const auto unit = element(text, "Unit", from);
    if (!value || !unit) {
      return;
    }
    if (!value->empty()) {
      emi.metadata.emplace(*label, *value + (unit->empty() ? "" : " " + *unit));
    }
  }
}

std::string emi_path(const std::string& ser_path) {
  const std::filesystem::path path(ser_path);
  const std::string stem = path.stem().string();
  return (path.parent_path() / (stem.substr(0, stem.rfind('_')) + ".emi")).string();
}

}  // namespace

std::optional<EmiDescription> read_emi_beside(const std::string& ser_path) {
  const std::string path = emi_path(ser_path);
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return std::nullopt;
  }
  const File file(path);
  const std::string bytes = file.leading_bytes(std::min(file.bytes(), kMostBytes));
  const size_t begin = bytes.find("<ObjectInfo>");
  const size_t end = bytes.find("</ObjectInfo>", std::min(begin, bytes.size()));
  if (end == std::string::npos) {
    return std::nullopt;
  }
  const std::string_view text = std::string_view(bytes).substr(begin, end - begin);
  EmiDescription emi;
  emi.frame_time_s = positive(first_element(text, "FrameTime"));
  const std::string camera = first_element(text, "CameraNamePath");
  if (!camera.empty()) {
    emi.exposure_s = positive(first_element(text, "DwellTimePath"));
  }
  read_labels(text, emi);
  const auto add = [&](const char* key, const std::string& value, const char* unit = "") {
    if (!value.empty()) {
      emi.instrument.emplace(key, value + unit);
    }
  };
  add("date", first_element(text, "AcquireDate"));
  add("detector", camera);
  add("detector", first_element(text, "Manufacturer"));
  add("voltage", first_element(text, "AcceleratingVoltage"), " V");
  add("magnification", first_element(text, "Magnification"));
  add("microscope", emi.metadata["Microscope"]);
  add("mode", emi.metadata["Mode"]);
  add("camera length", emi.metadata["Camera length"]);
  return emi;
}

}  // namespace mote::io
