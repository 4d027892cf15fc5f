#include "mote/io/emi.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "mote/io/file.h"
#include "mote/io/xml_text.h"

namespace mote::io {
namespace {

constexpr int64_t kMostBytes = 64 << 20;

// `<Label>..</Label><Value>..</Value><Unit>..</Unit>`, again and again.
void read_labels(std::string_view text, EmiDescription& emi) {
  size_t from = 0;
  while (const auto label = element_text(text, "Label", from)) {
    const auto value = element_text(text, "Value", from);
    const auto unit = element_text(text, "Unit", from);
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
  emi.frame_time_s = positive_number(first_element_text(text, "FrameTime"));
  const std::string camera = first_element_text(text, "CameraNamePath");
  if (!camera.empty()) {
    emi.exposure_s = positive_number(first_element_text(text, "DwellTimePath"));
  }
  read_labels(text, emi);
  const auto add = [&](const char* key, const std::string& value, const char* unit = "") {
    if (!value.empty()) {
      emi.instrument.emplace(key, value + unit);
    }
  };
  add("date", first_element_text(text, "AcquireDate"));
  add("detector", camera);
  add("detector", first_element_text(text, "Manufacturer"));
  add("voltage", first_element_text(text, "AcceleratingVoltage"), " V");
  add("magnification", first_element_text(text, "Magnification"));
  add("microscope", emi.metadata["Microscope"]);
  add("mode", emi.metadata["Mode"]);
  add("camera length", emi.metadata["Camera length"]);
  return emi;
}

}  // namespace mote::io
