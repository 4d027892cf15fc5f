#include "mote/io/image_axes.h"

#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace mote::io {
namespace {

std::optional<double> nanometres(const ImageAxis& axis) {
  const std::optional<double> unit = nanometres_per(axis.unit);
  const double scale = std::abs(axis.scale);
  return unit && std::isfinite(scale) && scale > 0 ? std::optional(scale * *unit) : std::nullopt;
}

bool is_reciprocal(const std::string& unit) {
  return unit.starts_with("1/") || unit.starts_with("1 /") || unit.find("^-1") != std::string::npos;
}

}  // namespace

bool is_energy(const std::string& unit) {
  return unit == "eV" || unit == "keV" || unit == "meV";
}

void calibrate_image(const ImageAxis& y, const ImageAxis& x, const std::string& source,
                     RecordingInfo& info) {
  const std::optional<double> y_nm = nanometres(y);
  const std::optional<double> x_nm = nanometres(x);
  if (y_nm && x_nm) {
    info.pixel_size = {.y_nm = *y_nm, .x_nm = *x_nm, .source = source};
  } else if (!x.unit.empty() || !y.unit.empty()) {
    info.warnings.push_back(fmt::format(
        "the axes are in '{}' and '{}' (y, x): no pixel size{}", y.unit, x.unit,
        is_reciprocal(x.unit) ? ", this is a diffraction pattern or Fourier transform" : ""));
  }
}

bool calibrate_series(const ImageAxis& axis, const std::string& source, RecordingInfo& info) {
  if (nanometres(axis)) {
    return true;
  }
  const std::optional<double> seconds = seconds_per(axis.unit);
  if (seconds && std::isfinite(axis.scale) && axis.scale > 0) {
    info.frame_interval = {.seconds = axis.scale * *seconds, .source = source};
  } else if (!seconds && !axis.unit.empty()) {
    info.warnings.push_back(
        fmt::format("the images follow along {} in '{}', which is no time: they are taken for "
                    "frames without times",
                    axis.name.empty() ? "an axis" : "'" + axis.name + "'", axis.unit));
  }
  return false;
}

}  // namespace mote::io
