#include "mote/io/ome_ngff.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/json_fault.h"

namespace mote::io {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kOrder = "tczyx";

struct Unit {
  std::string_view name;
  double factor;
};

// The units of the specification that calibration does not know by these names.
constexpr auto kLengths = std::to_array<Unit>({{"femtometer", 1e-6},
                                               {"picometer", 1e-3},
                                               {"millimeter", 1e6},
                                               {"centimeter", 1e7},
                                               {"decimeter", 1e8},
                                               {"meter", 1e9},
                                               {"kilometer", 1e12}});
constexpr auto kTimes = std::to_array<Unit>({{"femtosecond", 1e-15},
                                             {"picosecond", 1e-12},
                                             {"nanosecond", 1e-9},
                                             {"microsecond", 1e-6},
                                             {"millisecond", 1e-3},
                                             {"centisecond", 1e-2},
                                             {"decisecond", 1e-1},
                                             {"minute", 60},
                                             {"hour", 3600},
                                             {"day", 86400}});

template <size_t kCount>
std::optional<double> look_up(const std::array<Unit, kCount>& units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) {
      return unit.factor;
    }
  }
  return std::nullopt;
}

// `Micrometers` and `micrometre` are in use too.
std::string plain_name(std::string unit) {
  if (unit.size() > 3 && unit.ends_with('s')) {
    unit.pop_back();
  }
  if (unit.ends_with("metre")) {
    unit.replace(unit.size() - 2, 2, "er");
  }
  return unit;
}

std::optional<double> length_nm(const std::string& unit) {
  const std::string plain = plain_name(unit);
  const auto named = look_up(kLengths, plain);
  return named ? named : nanometres_per(nanometres_per(unit) ? unit : plain);
}

std::optional<double> time_s(const std::string& unit) {
  const std::string plain = plain_name(unit);
  const auto named = look_up(kTimes, plain);
  return named ? named : seconds_per(seconds_per(unit) ? unit : plain);
}

std::string text_of(const Json& json, const char* key) {
  const Json value = json.value(key, Json());
  return value.is_string() ? value.get<std::string>() : "";
}

// Version 0.3 has names alone; earlier ones always have five dimensions.
Json axes_of(const Json& multiscale) {
  const Json axes = multiscale.value("axes", Json());
  return axes.is_array() ? axes : Json::array({"t", "c", "z", "y", "x"});
}

NgffAxis axis_of(const Json& json) {
  const std::string name =
      json.is_string() ? json.get<std::string>() : json.at("name").get<std::string>();
  const std::string type = json.is_object() ? text_of(json, "type") : "";
  NgffAxis axis{.unit = json.is_object() ? text_of(json, "unit") : ""};
  const bool known = name.size() == 1 && kOrder.find(name[0]) != std::string_view::npos;
  if (type == "time") {
    axis.axis = 't';
  } else if (type == "channel") {
    axis.axis = 'c';
  } else if (known && (type.empty() || type == "space")) {
    axis.axis = name[0];
  } else {
    throw Error(ErrorKind::kUnsupported, "an axis '{}' of type '{}': mote reads t, c, z, y and x",
                name, type);
  }
  return axis;
}

void check_order(const std::vector<NgffAxis>& axes) {
  std::string found;
  for (const NgffAxis& axis : axes) {
    found += axis.axis;
  }
  size_t at = 0;
  bool in_order = found.ends_with("yx");
  for (const char axis : found) {
    at = kOrder.find(axis, at);
    in_order = in_order && at != std::string_view::npos;
    at += in_order ? 1 : 0;
  }
  if (!in_order) {
    throw Error(ErrorKind::kUnsupported,
                "axes in the order {}: mote reads t, c, z, y, x, of which y and x are needed",
                found);
  }
}

// Scales of several levels of metadata multiply.
void multiply_scales(const Json& transformations, std::vector<NgffAxis>& axes) {
  if (!transformations.is_array()) {
    return;
  }
  for (const Json& one : transformations) {
    const std::string type = text_of(one, "type");
    if (type == "scale" && one.contains("scale")) {
      const auto scale = one.at("scale").get<std::vector<double>>();
      if (scale.size() != axes.size()) {
        throw Error(ErrorKind::kBadFile, "a scale of {} numbers for {} axes", scale.size(),
                    axes.size());
      }
      for (size_t i = 0; i < axes.size(); ++i) {
        axes[i].scale *= scale[i];
      }
    } else if (type != "translation" && type != "identity") {
      throw Error(ErrorKind::kUnsupported, "a coordinate transformation '{}': mote reads scales",
                  type);
    }
  }
}

NgffImage image_of(const Json& multiscales, const Json& ome) {
  const Json& multiscale = multiscales.at(0);
  const Json& datasets = multiscale.at("datasets");
  NgffImage image{.version = text_of(ome, "version"),
                  .name = text_of(multiscale, "name"),
                  .array = datasets.at(0).at("path").get<std::string>(),
                  .levels = datasets.size(),
                  .is_labels = ome.contains("image-label")};
  if (image.version.empty()) {
    image.version = text_of(multiscale, "version");
  }
  for (const Json& axis : axes_of(multiscale)) {
    image.axes.push_back(axis_of(axis));
  }
  check_order(image.axes);
  multiply_scales(datasets.at(0).value("coordinateTransformations", Json()), image.axes);
  multiply_scales(multiscale.value("coordinateTransformations", Json()), image.axes);
  if (multiscales.size() > 1) {
    image.warnings.push_back(
        fmt::format("{} images in one group: the first is read", multiscales.size()));
  }
  return image;
}

}  // namespace

const NgffAxis* NgffImage::find(char axis) const {
  const auto found =
      std::find_if(axes.begin(), axes.end(), [&](const NgffAxis& one) { return one.axis == axis; });
  return found == axes.end() ? nullptr : &*found;
}

std::optional<PixelSize> NgffImage::pixel_size(std::vector<std::string>& messages) const {
  const NgffAxis& y = *find('y');
  const NgffAxis& x = *find('x');
  const std::optional<double> y_nm = length_nm(y.unit);
  const std::optional<double> x_nm = length_nm(x.unit);
  const bool given = y.scale != 1 || x.scale != 1;
  const bool sound = std::isfinite(y.scale) && std::isfinite(x.scale) && y.scale > 0 && x.scale > 0;
  if (!y_nm || !x_nm || !sound) {
    if (given || !y.unit.empty()) {
      messages.push_back(
          fmt::format("a scale of {} x {} in '{}' is no pixel size", y.scale, x.scale, y.unit));
    }
    return std::nullopt;
  }
  if (!given) {
    messages.push_back(fmt::format(
        "a scale of exactly 1 {} a pixel may stand for none: check it, or give --pixel-size",
        y.unit));
  }
  return PixelSize{.y_nm = y.scale * *y_nm, .x_nm = x.scale * *x_nm, .source = "OME-Zarr"};
}

std::optional<FrameInterval> NgffImage::frame_interval() const {
  const NgffAxis* t = find('t');
  const auto seconds = t != nullptr ? time_s(t->unit) : std::nullopt;
  if (!seconds || !std::isfinite(t->scale) || t->scale <= 0) {
    return std::nullopt;
  }
  return FrameInterval{.seconds = t->scale * *seconds, .source = "OME-Zarr"};
}

Json ome_attributes(const Json& attributes) {
  const Json ome = attributes.value("ome", Json());
  return ome.is_object() ? ome : attributes;
}

std::optional<NgffImage> parse_ngff(const Json& attributes) {
  const Json ome = ome_attributes(attributes);
  const Json multiscales = ome.value("multiscales", Json());
  if (!multiscales.is_array() || multiscales.empty()) {
    return std::nullopt;
  }
  try {
    return image_of(multiscales, ome);
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::kBadFile, "its OME metadata: {}", json_fault(error));
  }
}

}  // namespace mote::io
