#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mote {

/// How large a pixel is in the specimen, and how we know.
struct PixelSize {
  double y_nm = 0;
  double x_nm = 0;
  std::optional<double> relative_uncertainty;  ///< 0.02 for ±2 %; scales all lengths alike
  std::string source;                          ///< `--pixel-size`, `ImageJ TIFF`, `OME-XML`, ...

  bool isotropic() const { return y_nm == x_nm; }
  double area_nm2() const { return y_nm * x_nm; }
  bool operator==(const PixelSize&) const = default;
};

/// Time from one frame to the next, and how we know.
struct FrameInterval {
  double seconds = 0;
  std::string source;

  bool operator==(const FrameInterval&) const = default;
};

/// Reads a pixel size as users write it: `0.21nm`, `0.21 nm±2%`, `2.1 Å`, `0.2x0.3nm` (y by x),
/// `3 µm` (or um).
/// Throws kUsage where there is no unit, or the number is not positive and finite.
PixelSize parse_pixel_size(std::string_view text, std::string source);

/// Reads a duration as users write it: `40ms`, `0.04 s`, `25fps`, `2 min`.
/// Throws kUsage where there is no unit, or the number is not positive and finite.
FrameInterval parse_frame_interval(std::string_view text, std::string source);

/// Reads an exposure in the same way, in seconds. Throws kUsage likewise.
double parse_exposure_s(std::string_view text);

/// Nanometres in one `unit` of length (`nm`, `µm`, `um`, `micron`, `Å`, `A`, `pm`, `mm`, `cm`,
/// `m`, `inch`), or nothing where the unit is not one of length.
std::optional<double> nanometres_per(std::string_view unit);

/// Seconds in one `unit` of time (`s`, `ms`, `µs`, `min`, `h`, ...), or nothing.
std::optional<double> seconds_per(std::string_view unit);

}  // namespace mote
