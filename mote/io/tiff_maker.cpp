#include "mote/io/tiff_maker.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "mote/core/error.h"
#include "mote/io/binary_reader.h"
#include "mote/io/utf8.h"
#include "mote/io/xml_text.h"

namespace mote::io {
namespace {

constexpr double kNmPerMetre = 1e9;
constexpr int kAscii = 2;
constexpr int kDouble = 12;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\0')) {
      line.remove_suffix(1);
    }
    lines.push_back(line);
  }
  return lines;
}

// What follows `key=` in an INI text, within `[section]` where one is named.
std::string ini_value(const std::vector<std::string_view>& lines, std::string_view section,
                      std::string_view key) {
  bool within = section.empty();
  for (const std::string_view line : lines) {
    if (line.starts_with('[') && !section.empty()) {
      within = line.substr(1, line.find(']') - 1) == section;
    } else if (within && line.size() > key.size() && line.starts_with(key) &&
               line[key.size()] == '=') {
      return to_utf8(line.substr(key.size() + 1));
    }
  }
  return "";
}

void add(RecordingInfo& info, const char* key, const std::string& value, const char* unit = "") {
  if (!value.empty()) {
    info.instrument[key] = value + unit;
  }
}

void describe_fei_text(const std::string& text, RecordingInfo& info) {
  const auto lines = lines_of(text);
  add(info, "microscope", ini_value(lines, "System", "SystemType"));
  add(info, "voltage", ini_value(lines, "Beam", "HV"), " V");
  add(info, "date", ini_value(lines, "User", "Date"));
  add(info, "time", ini_value(lines, "User", "Time"));
  const auto width = positive_number(ini_value(lines, "Image", "ResolutionX"));
  const auto x_m = positive_number(ini_value(lines, "Scan", "PixelWidth"));
  const auto y_m = positive_number(ini_value(lines, "Scan", "PixelHeight"));
  if (!x_m || !y_m) {
    return;
  }
  if (width && *width != static_cast<double>(info.size.width)) {
    info.warnings.push_back(fmt::format(
        "FEI's tags tell of an image {} px wide, this one has {}: it was scaled or cut, "
        "and their pixel size is not taken",
        *width, info.size.width));
    return;
  }
  info.pixel_size = {.y_nm = *y_m * kNmPerMetre, .x_nm = *x_m * kNmPerMetre, .source = "FEI tags"};
}

// `Pixel Size = 5.825 nm` on the line after `AP_PIXEL_SIZE`, in nanometres.
std::optional<double> zeiss_length_nm(const std::vector<std::string_view>& lines,
                                      std::string_view key) {
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    if (lines[i] != key) {
      continue;
    }
    const std::string value = to_utf8(lines[i + 1]);
    const size_t equals = value.find('=');
    const size_t digits = value.find_first_of("0123456789", std::min(equals, value.size()));
    const size_t unit = value.rfind(' ');
    if (digits == std::string::npos || unit == std::string::npos || unit < digits) {
      return std::nullopt;
    }
    const auto number = positive_number(std::string_view(value).substr(digits));
    const auto nm = nanometres_per(std::string_view(value).substr(unit + 1));
    return number && nm ? std::optional(*number * *nm) : std::nullopt;
  }
  return std::nullopt;
}

std::string zeiss_text(const std::vector<std::string_view>& lines, std::string_view key) {
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    const size_t separator = lines[i + 1].find_first_of("=:");
    if (lines[i] == key && separator != std::string_view::npos) {
      std::string value = to_utf8(lines[i + 1].substr(separator + 1));
      value.erase(0, std::min(value.find_first_not_of(' '), value.size()));
      return value;
    }
  }
  return "";
}

void describe_zeiss(const std::string& text, RecordingInfo& info) {
  constexpr double kScreenWidth = 1024;
  const auto lines = lines_of(text);
  add(info, "voltage", zeiss_text(lines, "AP_ACTUALKV"));
  add(info, "magnification", zeiss_text(lines, "AP_MAG"));
  add(info, "detector", zeiss_text(lines, "DP_DETECTOR_CHANNEL"));
  add(info, "date", zeiss_text(lines, "AP_DATE"));
  add(info, "time", zeiss_text(lines, "AP_TIME"));
  const double scale = kScreenWidth / static_cast<double>(info.size.width);
  std::optional<double> nm = zeiss_length_nm(lines, "AP_IMAGE_PIXEL_SIZE");
  if (!nm && lines.size() > 3) {
    // The fourth line is the same as AP_PIXEL_SIZE, in metres and with more digits.
    const auto metres = positive_number(lines[3]);
    const auto rounded = zeiss_length_nm(lines, "AP_PIXEL_SIZE");
    const bool agree = metres && rounded && std::abs(*metres * kNmPerMetre / *rounded - 1) < 1e-2;
    nm = agree     ? std::optional(*metres * kNmPerMetre * scale)
         : rounded ? std::optional(*rounded * scale)
                   : std::nullopt;
  }
  const auto field_nm = zeiss_length_nm(lines, "AP_WIDTH");
  if (nm && field_nm &&
      std::abs(*nm * static_cast<double>(info.size.width) / *field_nm - 1) > 0.02) {
    info.warnings.push_back(
        fmt::format("Zeiss's tags say {:.6g} nm a pixel, and a field of {:.6g} nm for {} px: none "
                    "is taken",
                    *nm, *field_nm, info.size.width));
    return;
  }
  if (nm) {
    info.pixel_size = {.y_nm = *nm, .x_nm = *nm, .source = "Zeiss tags"};
  }
}

std::optional<double> to_double(const std::optional<TiffField>& field, bool big_endian) {
  if (!field || field->type != kDouble || field->bytes.size() < 8) {
    return std::nullopt;
  }
  uint64_t bits = 0;
  for (size_t i = 0; i < 8; ++i) {
    const size_t at = big_endian ? i : 7 - i;
    bits = bits << 8 | static_cast<unsigned char>(field->bytes[at]);
  }
  double value = 0;
  std::memcpy(&value, &bits, 8);
  return std::isfinite(value) && value != 0 ? std::optional(std::abs(value)) : std::nullopt;
}

std::string to_text(const std::optional<TiffField>& field) {
  if (!field || field->type != kAscii) {
    return "";
  }
  return to_utf8(field->bytes.substr(0, field->bytes.find('\0')));
}

void describe_jeol(const std::string& text, RecordingInfo& info) {
  add(info, "voltage", first_element_text(text, "AccelerationVoltage"), " V");
  add(info, "microscope", first_element_text(text, "Instruments"));
  add(info, "date", first_element_text(text, "DateTime"));
  const size_t drawn = text.find("<DrawImageInformation>");
  if (drawn == std::string::npos || first_element_text(text, "SelectorUnitString") != "X") {
    return;
  }
  size_t from = drawn;
  const auto width = element_text(text, "Width", from);
  const auto x_per_m = element_text(text, "Horizontal", from);
  const auto y_per_m = element_text(text, "Vertical", from);
  const auto times = element_text(text, "SelectorValue", from);
  const auto x = positive_number(x_per_m.value_or(""));
  const auto y = positive_number(y_per_m.value_or(""));
  const auto magnification = positive_number(times.value_or(""));
  if (!x || !y || !magnification ||
      positive_number(width.value_or("")) != static_cast<double>(info.size.width)) {
    return;
  }
  add(info, "magnification", *times);
  info.pixel_size = {.y_nm = kNmPerMetre / *y / *magnification,
                     .x_nm = kNmPerMetre / *x / *magnification,
                     .source = "JEOL description"};
}

// A field of one SHORT or LONG.
std::optional<int64_t> to_whole(const std::optional<TiffField>& field, bool big_endian) {
  constexpr int kShort = 3;
  constexpr int kLong = 4;
  const size_t bytes = !field ? 0 : field->type == kShort ? 2 : field->type == kLong ? 4 : 0;
  if (bytes == 0 || field->bytes.size() < bytes) {
    return std::nullopt;
  }
  int64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) {
    value = value << 8 | static_cast<unsigned char>(field->bytes[big_endian ? i : bytes - 1 - i]);
  }
  return value;
}

// The structure `SIS0` at `offset`: a head of 60 bytes, which ends with the number of entries of 8
// bytes (type, count, offset). An entry of type 1 leads to the calibration: the power of ten of its
// metres, the sides of a pixel, and the magnification. As tifffile reads it; there is no
// specification.
void describe_olympus_at(const File& file, int64_t offset, RecordingInfo& info) {
  constexpr int64_t kEntriesAt = 60;
  constexpr int kCalibration = 1;
  BinaryReader in(file);
  in.seek(offset);
  if (in.bytes(4) != "SIS0") {
    return;
  }
  const int entries = in.get_at<int16_t>(offset + kEntriesAt - 2);
  for (int i = 0; i < entries; ++i) {
    in.seek(offset + kEntriesAt + 8 * i);
    const int type = in.get<int16_t>();
    in.skip(2);
    const int64_t at = in.get<uint32_t>();
    if (type != kCalibration) {
      continue;
    }
    const double nm = std::pow(10.0, in.get_at<int16_t>(at + 10)) * kNmPerMetre;
    const double x_nm = in.get<double>() * nm;
    double y_nm = in.get<double>() * nm;
    if (std::abs(y_nm / x_nm - 1) < 1e-9) {
      y_nm = x_nm;  // they differ by rounding
    }
    const auto magnification = in.get_at<double>(at + 36);
    if (std::isfinite(magnification) && magnification > 0) {
      info.instrument["magnification"] = fmt::format("{:.6g}", magnification);
    }
    // From a picometre to a millimetre.
    if (x_nm > 1e-3 && y_nm > 1e-3 && x_nm < 1e6 && y_nm < 1e6) {
      info.pixel_size = {.y_nm = y_nm, .x_nm = x_nm, .source = "Olympus SIS tags"};
    }
    return;
  }
}

void describe_olympus(const File& file, const TiffChain& chain, RecordingInfo& info) {
  constexpr size_t kMostPages = 8;
  for (size_t i = 0; i < std::min(chain.directories.size(), kMostPages); ++i) {
    const auto whole = [&](int tag) {
      return to_whole(tiff_field(file, chain, chain.directories[i], tag), chain.big_endian);
    };
    const auto offset = whole(33560);
    if (!offset || whole(256) != info.size.width || whole(257) != info.size.height) {
      continue;
    }
    try {
      return describe_olympus_at(file, *offset, info);
    } catch (const Error&) {
      return;  // damaged: what it says is passed over
    }
  }
}

// EM-MENU's headers at `offset`: one of 244 bytes, which begins with its version, and the one of
// version 2 behind it, which ends with a magic number. As tifffile reads them; there is no
// specification.
void describe_tvips_at(const File& file, bool big_endian, int64_t offset, RecordingInfo& info) {
  constexpr int64_t kFirstBytes = 244;
  constexpr int64_t kMagicAt = 6064;
  constexpr uint32_t kMagic = 0xAAAAAAAA;
  BinaryReader in(file, big_endian ? std::endian::big : std::endian::little);
  const int64_t second = offset + kFirstBytes;
  if (in.get_at<int32_t>(offset) != 2 || in.get_at<uint32_t>(second + kMagicAt) != kMagic) {
    return;
  }
  const auto text_at = [&](int64_t at) {
    constexpr int64_t kTextBytes = 160;
    in.seek(second + at);
    const std::string text = utf16_to_utf8(in.bytes(kTextBytes), in.order());
    return text.substr(0, text.find('\0'));
  };
  const auto number_at = [&](int64_t at) {
    const auto value = in.get_at<float>(second + at);
    return std::isfinite(value) && value > 0 ? std::optional(value) : std::nullopt;
  };
  add(info, "title", text_at(0));
  add(info, "microscope", text_at(2868));
  add(info, "detector", text_at(3524));
  if (const auto volts = number_at(3028)) {
    add(info, "voltage", fmt::format("{:.6g}", *volts), " V");
  }
  if (const auto magnification = number_at(3292)) {
    add(info, "magnification", fmt::format("{:.6g}", *magnification));
  }
  if (const auto milliseconds = number_at(3708)) {
    info.exposure_s = *milliseconds / 1e3;
  }
  // Year, month and day in two, one and one bytes; seconds of the day.
  const auto date = in.get_at<uint32_t>(second + 340);
  const auto time_s = in.get_at<uint32_t>(second + 344);
  if (date != 0) {
    add(info, "date",
        fmt::format("{:04}-{:02}-{:02}", date >> 16U, date >> 8U & 0xFFU, date & 0xFFU));
    add(info, "time",
        fmt::format("{:02}:{:02}:{:02}", time_s / 3600, time_s / 60 % 60, time_s % 60));
  }
}

// `ScalingXUnit="nm"` in the description of Hamamatsu's HPD-TA.
std::string hamamatsu_unit(const std::string& description, const std::string& axis) {
  const std::string key = "Scaling" + axis + "Unit=\"";
  const size_t at = description.find(key);
  if (at == std::string::npos) {
    return "";
  }
  const size_t from = at + key.size();
  return description.substr(from, std::min<size_t>(description.find('"', from) - from, 16));
}

void describe_hamamatsu(const std::string& description, RecordingInfo& info) {
  const std::string x = hamamatsu_unit(description, "X");
  const std::string y = hamamatsu_unit(description, "Y");
  info.instrument["software"] = "Hamamatsu HPD-TA";
  if (seconds_per(x) || seconds_per(y) || x == "ps" || y == "ps") {
    info.warnings.push_back(fmt::format(
        "columns in {} and rows in {}: a streak camera's wavelength and time, which are no pixel "
        "size",
        to_utf8(x), to_utf8(y)));
  }
}

}  // namespace

void describe_maker(const File& file, const TiffChain& chain, const TiffDirectory& directory,
                    const std::string& description, RecordingInfo& info) {
  const auto field = [&](int tag) { return tiff_field(file, chain, directory, tag); };
  for (const int tag : {34680, 34682}) {
    if (const std::string text = to_text(field(tag)); !text.empty()) {
      describe_fei_text(text, info);
    }
  }
  if (const std::string text = to_text(field(34118)); !text.empty()) {
    describe_zeiss(text, info);
  }
  describe_olympus(file, chain, info);
  if (const auto offset = to_whole(field(37706), chain.big_endian)) {
    try {
      describe_tvips_at(file, chain.big_endian, *offset, info);
    } catch (const Error&) {
      // Damaged: what it says is passed over.
    }
  }
  if (description.find("Software=\"HPD-TA\"") != std::string::npos) {
    describe_hamamatsu(description, info);
  }
  if (description.find("<TemReporter") != std::string::npos) {
    describe_jeol(description, info);
  }
  const auto x_unit = nanometres_per(to_text(field(65003)));
  const auto y_unit = nanometres_per(to_text(field(65004)));
  const auto x = to_double(field(65009), chain.big_endian);
  const auto y = to_double(field(65010), chain.big_endian);
  if (x_unit && y_unit && x && y) {
    info.pixel_size = {
        .y_nm = *y * *y_unit, .x_nm = *x * *x_unit, .source = "DigitalMicrograph tags"};
  }
}

}  // namespace mote::io
