#include "mote/io/dm_image.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "mote/core/error.h"
#include "mote/io/image_axes.h"

namespace mote::io {
namespace {

std::string image_path(int64_t index) {
  return fmt::format("ImageList[{}]", index);
}

StoredType stored_type(int64_t data_type) {
  switch (data_type) {
    case 1: return StoredType::kInt16;
    case 2: return StoredType::kFloat32;
    case 6: return StoredType::kUint8;
    case 7: return StoredType::kInt32;
    case 8:
    case 23: return StoredType::kBgra8;
    case 9: return StoredType::kInt8;
    case 10: return StoredType::kUint16;
    case 11: return StoredType::kUint32;
    case 12: return StoredType::kFloat64;
    case 14: return StoredType::kBool;
    case 39: return StoredType::kInt64;
    case 40: return StoredType::kUint64;
    case 3:
    case 13:
      throw Error(ErrorKind::kUnsupported,
                  "complex numbers (DM data type {}): expected real ones; save their modulus",
                  data_type);
    case 5:
    case 27:
    case 28:
      throw Error(
          ErrorKind::kUnsupported,
          "packed complex numbers (DM data type {}), a Fourier transform: expected real ones",
          data_type);
    default:
      throw Error(ErrorKind::kUnsupported, "DM data type {}: mote reads real numbers and RGB",
                  data_type);
  }
}

// DataType may have been removed; then the pixels' own encoding tells the type.
int64_t data_type_of(const DmTags& tags, const std::string& data, const DmArray& pixels) {
  if (const auto type = tags.number(data + ".DataType")) {
    return static_cast<int64_t>(std::clamp(*type, -1.0, 1e6));
  }
  switch (pixels.element_type) {
    case 2: return 1;
    case 3: return 7;
    case 4: return 10;
    case 5: return 11;
    case 6: return 2;
    case 7: return 12;
    case 8: return 14;
    case 9: return 9;
    case 10: return 6;
    case 11: return 39;
    case 12: return 40;
    default:
      throw Error(ErrorKind::kUnsupported,
                  "the image has no DataType, and pixels of several parts");
  }
}

std::vector<DmAxis> axes_of(const DmTags& tags, const std::string& data) {
  std::vector<DmAxis> axes;
  for (const int64_t i : tags.indices(data + ".Dimensions", "")) {
    const std::string calibration = fmt::format("{}.Calibrations.Dimension[{}]", data, i);
    const double count = tags.number(fmt::format("{}.Dimensions[{}]", data, i)).value_or(0);
    if (!(count >= 1 && count < 1e12)) {
      throw Error(ErrorKind::kBadFile, "dimension {} has {} pixels", i, count);
    }
    axes.push_back({.count = static_cast<int64_t>(count),
                    .scale = tags.number(calibration + ".Scale").value_or(0),
                    .origin = tags.number(calibration + ".Origin").value_or(0),
                    .unit = tags.text(calibration + ".Units")});
  }
  while (axes.size() > 2 && axes.back().count == 1) {
    axes.pop_back();
  }
  return axes;
}

DmImage image_at(const DmTags& tags, int64_t index) {
  const std::string data = image_path(index) + ".ImageData";
  const DmArray& pixels = *tags.array(data + ".Data");
  DmImage image{.index = index, .axes = axes_of(tags, data), .format = {}};
  if (image.axes.empty()) {
    throw Error(ErrorKind::kBadFile, "the image has no Dimensions");
  }
  if (image.axes.size() == 1) {
    throw Error(ErrorKind::kUnsupported,
                "one dimension, of {} values: a spectrum or profile, expected an image",
                image.axes.front().count);
  }
  if (image.axes.size() > 3) {
    throw Error(ErrorKind::kUnsupported, "{} dimensions: mote reads images and series of images",
                image.axes.size());
  }
  for (const DmAxis& axis : image.axes) {
    if (is_energy(axis.unit)) {
      throw Error(ErrorKind::kUnsupported, "an axis in {}: a spectrum, expected an image",
                  axis.unit);
    }
  }
  image.format.size = checked_size(image.axes[1].count, image.axes[0].count);
  image.format.stored = stored_type(data_type_of(tags, data, pixels));
  image.format.big_endian = tags.order == std::endian::big;
  image.images = image.axes.size() > 2 ? image.axes[2].count : 1;
  image.offset = pixels.offset;
  const int64_t held = pixels.count * pixels.element_bytes;
  if (held / image.format.bytes() < image.images) {
    throw Error(ErrorKind::kBadFile,
                "the image data has {} bytes; its dimensions and type claim {} images of {}", held,
                image.images, image.format.bytes());
  }
  return image;
}

// The images in order, without thumbnails where the file tells them apart.
std::vector<int64_t> candidates(const DmTags& tags) {
  std::vector<int64_t> images;
  for (const int64_t i : tags.indices("ImageList", ".ImageData.Data")) {
    if (tags.array(image_path(i) + ".ImageData.Data") != nullptr) {
      images.push_back(i);
    }
  }
  if (images.empty()) {
    throw Error(ErrorKind::kBadFile, "the file holds no image (ImageList)");
  }
  std::set<double> thumbnails;
  std::set<double> shown;
  for (const int64_t i : tags.indices("Thumbnails", ".ImageIndex")) {
    thumbnails.insert(tags.number(fmt::format("Thumbnails[{}].ImageIndex", i)).value_or(-1));
  }
  for (const int64_t i : tags.indices("ImageSourceList", ".ImageRef")) {
    shown.insert(tags.number(fmt::format("ImageSourceList[{}].ImageRef", i)).value_or(-1));
  }
  std::vector<int64_t> left;
  for (const int64_t i : images) {
    const auto number = static_cast<double>(i);
    const bool thumbnail = thumbnails.empty() ? !shown.empty() && !shown.contains(number)
                                              : thumbnails.contains(number);
    if (!thumbnail) {
      left.push_back(i);
    }
  }
  constexpr double kRgba = 23;
  if (left.size() > 1 && thumbnails.empty() && shown.empty() &&
      tags.number(image_path(left.front()) + ".ImageData.DataType") == kRgba) {
    left.erase(left.begin());
  }
  return left.empty() ? images : left;
}

ImageAxis image_axis(const DmAxis& axis) {
  return {.scale = axis.scale, .unit = axis.unit, .name = ""};
}

}  // namespace

DmImage choose_image(const DmTags& tags, std::vector<std::string>& warnings) {
  std::optional<DmImage> chosen;
  std::optional<Error> failure;
  for (const int64_t i : candidates(tags)) {
    std::string why;
    try {
      DmImage image = image_at(tags, i);
      if (!chosen) {
        chosen = std::move(image);
        continue;
      }
      why = "mote reads the first";
    } catch (const Error& error) {
      failure = failure ? failure : error;
      why = error.what();
    }
    warnings.push_back(fmt::format("image {} of the file ('{}') is left out: {}", i,
                                   tags.text(image_path(i) + ".Name"), why));
  }
  if (!chosen) {
    throw *failure;
  }
  return *chosen;
}

bool calibrate(const DmImage& image, const std::string& source, RecordingInfo& info) {
  calibrate_image(image_axis(image.axes[1]), image_axis(image.axes[0]), source, info);
  return image.images > 1 && calibrate_series(image_axis(image.axes[2]), source, info);
}

void describe(const DmTags& tags, const DmImage& image, RecordingInfo& info) {
  const std::string own = image_path(image.index);
  const auto add = [&](const char* key, const std::string& path, const char* unit = "") {
    const auto found = tags.values.find(own + path);
    if (found == tags.values.end() || std::holds_alternative<DmArray>(found->second)) {
      return;
    }
    const double* number = std::get_if<double>(&found->second);
    const std::string text =
        number != nullptr ? fmt::format("{:.6g}", *number) : std::get<std::string>(found->second);
    if (!text.empty()) {
      info.instrument.emplace(key, text + unit);
    }
  };
  add("title", ".Name");
  add("date", ".ImageTags.DataBar.Acquisition Date");
  add("time", ".ImageTags.DataBar.Acquisition Time");
  add("detector", ".ImageTags.DataBar.Device Name");
  add("detector", ".ImageTags.Acquisition.Device.Name");
  add("microscope", ".ImageTags.Microscope Info.Microscope");
  add("voltage", ".ImageTags.Microscope Info.Voltage", " V");
  add("magnification", ".ImageTags.Microscope Info.Indicated Magnification");
  add("mode", ".ImageTags.Microscope Info.Operation Mode");
  add("camera length", ".ImageTags.Microscope Info.STEM Camera Length", " mm");
  for (const char* path : {".ImageTags.DataBar.Exposure Time (s)",
                           ".ImageTags.Acquisition.Parameters.High Level.Exposure (s)"}) {
    const std::optional<double> seconds = tags.number(own + path);
    if (seconds && std::isfinite(*seconds) && *seconds > 0 && !info.exposure_s) {
      info.exposure_s = seconds;
    }
  }
  if (image.axes.size() >= 2 && (image.axes[0].origin != 0 || image.axes[1].origin != 0)) {
    info.instrument["origin x, y"] =
        fmt::format("{:.6g} px, {:.6g} px", image.axes[0].origin, image.axes[1].origin);
  }
  for (const auto& [path, value] : tags.values) {
    if (const double* number = std::get_if<double>(&value)) {
      info.metadata.emplace(path, fmt::format("{}", *number));
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      info.metadata.emplace(path, *text);
    }
  }
}

}  // namespace mote::io
