#include "mote/io/velox_metadata.h"

#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"

namespace mote::io {
namespace {

using nlohmann::json;

constexpr int kMostDepth = 32;

void flatten(const json& value, const std::string& path, int depth,
             std::map<std::string, std::string>& to) {
  if (depth > kMostDepth) {
    return;
  }
  if (value.is_structured()) {
    for (const auto& [key, child] : value.items()) {
      flatten(child, path.empty() ? key : fmt::format("{}/{}", path, key), depth + 1, to);
    }
  } else if (value.is_string()) {
    to.insert_or_assign(path, value.get<std::string>());
  } else if (!value.is_null()) {
    to.insert_or_assign(path, value.dump());
  }
}

std::optional<double> positive(const std::optional<double>& value) {
  return value && *value > 0 ? value : std::nullopt;
}

void add(RecordingInfo& info, const char* key, const std::string& text, const char* unit = "") {
  if (!text.empty()) {
    info.instrument.emplace(key, text + unit);
  }
}

// Seconds since 1970 as date and time of day (UTC).
std::string date_text(double seconds) {
  if (!(seconds > 0 && seconds < 1e11)) {
    return {};
  }
  const auto when = static_cast<std::time_t>(seconds);
  std::tm parts{};
  ::gmtime_r(&when, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text.data();
}

void calibrate(const VeloxMetadata& metadata, RecordingInfo& info) {
  const std::string unit_x = metadata.text("BinaryResult/PixelUnitX");
  const std::string unit_y = metadata.text("BinaryResult/PixelUnitY");
  const auto x_nm = nanometres_per(unit_x);
  const auto y_nm = nanometres_per(unit_y);
  const auto width = positive(metadata.number("BinaryResult/PixelSize/width"));
  const auto height = positive(metadata.number("BinaryResult/PixelSize/height"));
  if (x_nm && y_nm && width && height) {
    info.pixel_size = {.y_nm = *height * *y_nm, .x_nm = *width * *x_nm, .source = info.format};
  } else if (metadata.is_reciprocal()) {
    info.warnings.push_back(fmt::format(
        "the axes are in {}: no pixel size, this is a diffraction pattern or Fourier transform",
        unit_x));
  } else if (!unit_x.empty() || !unit_y.empty()) {
    info.warnings.push_back(
        fmt::format("the axes are in '{}' and '{}' (y, x): no pixel size", unit_y, unit_x));
  }
}

}  // namespace

VeloxMetadata::VeloxMetadata(std::string_view text) {
  const json parsed = json::parse(text, nullptr, false);
  if (parsed.is_object()) {
    flatten(parsed, "", 0, values_);
  }
  const std::string name = detector();
  for (auto i = values_.lower_bound("Detectors/");
       i != values_.end() && i->first.starts_with("Detectors/") && own_.empty(); ++i) {
    constexpr std::string_view kName = "/DetectorName";
    if (!name.empty() && i->first.ends_with(kName) && i->second == name) {
      own_ = i->first.substr(0, i->first.size() - kName.size() + 1);
    }
  }
}

std::string VeloxMetadata::text(const std::string& path) const {
  const auto found = values_.find(path);
  return found == values_.end() ? std::string() : found->second;
}

std::optional<double> VeloxMetadata::number(const std::string& path) const {
  return number_in(text(path));
}

std::string VeloxMetadata::of_detector(const std::string& name) const {
  return own_.empty() ? std::string() : text(own_ + name);
}

bool VeloxMetadata::is_map() const {
  const std::string type = of_detector("DetectorType");
  const bool counts_quanta = type == "AnalyticalDetector" || detector().starts_with("SuperX");
  return counts_quanta || !text("BinaryResult/CompositionType").empty();
}

std::optional<double> VeloxMetadata::stamp_us() const {
  return positive(
      number(fmt::format("CustomProperties/Detectors[{}].TimeStamp/value", detector())));
}

VeloxMetadata velox_metadata(Hdf5File& file, const std::string& image, int64_t frame) {
  constexpr int64_t kMostBytes = int64_t{1} << 20;
  const std::string path = image + "/Metadata";
  const Hdf5Dataset* dataset = file.tree().dataset(path);
  if (dataset == nullptr || dataset->stored != StoredType::kUint8 || !dataset->problem.empty() ||
      dataset->shape.size() != 2 || dataset->shape[0] < 1 || dataset->shape[0] > kMostBytes ||
      frame >= dataset->shape[1]) {
    return VeloxMetadata("");
  }
  std::string text(static_cast<size_t>(dataset->shape[0]), '\0');
  file.read(path, {.start = {0, frame}, .count = {dataset->shape[0], 1}},
            std::as_writable_bytes(std::span(text)));
  return VeloxMetadata(std::string_view(text.c_str()));
}

void describe_velox(const VeloxMetadata& metadata, RecordingInfo& info) {
  calibrate(metadata, info);
  if (metadata.is_scan()) {
    if (const auto seconds = positive(metadata.number("Scan/FrameTime"))) {
      info.frame_interval = {.seconds = *seconds, .source = info.format};
    }
    if (const auto dwell = positive(metadata.number("Scan/DwellTime"))) {
      add(info, "dwell time", fmt::format("{:.6g}", *dwell * 1e6), " µs");
    }
  }
  info.exposure_s = positive(number_in(metadata.of_detector("ExposureTime")));
  add(info, "detector", metadata.detector());
  const std::string maker = metadata.text("Instrument/Manufacturer");
  const std::string model = metadata.text("Instrument/InstrumentClass");
  add(info, "microscope", maker.empty() || model.empty() ? maker + model : maker + " " + model);
  if (const auto volts = positive(metadata.number("Optics/AccelerationVoltage"))) {
    add(info, "voltage", fmt::format("{:.6g}", *volts), " V");
  }
  if (const auto times = positive(metadata.number("Optics/NominalMagnification"))) {
    add(info, "magnification", fmt::format("{:.6g}", *times));
  }
  if (const auto length = positive(metadata.number("Optics/CameraLength"))) {
    add(info, "camera length", fmt::format("{:.6g}", *length * 1e3), " mm");
  }
  const auto began = metadata.number("Acquisition/AcquisitionStartDatetime/DateTime");
  add(info, "date", date_text(began.value_or(0)));
  for (const auto& [path, value] : metadata.values()) {
    if (!value.empty()) {
      info.metadata.emplace(path, value);
    }
  }
}

}  // namespace mote::io
