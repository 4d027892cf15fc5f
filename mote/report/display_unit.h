#pragma once

#include <optional>
#include <string>

#include "mote/core/calibration.h"

namespace mote::report {

/// The unit that a quantity is shown in, all its values alike.
struct DisplayUnit {
  std::string name;        ///< `nm`, `µm`, `px`, `µm⁻²`
  std::string ascii;       ///< the same in names of columns: `nm`, `um`, `px`, `per_um2`
  double per_pixel = 1;    ///< factor for a value in pixels (to the power of the quantity)
  double per_pixel_y = 1;  ///< factor for a distance along y in pixels
  double per_pixel_x = 1;  ///< likewise along x
};

/// The unit of a length whose typical value is `typical_px`: nanometres below 1,000 nm, micrometres
/// from there on, millimetres from 1,000 µm on; pixels where the pixel size is not known.
DisplayUnit length_unit(const std::optional<PixelSize>& pixel_size, double typical_px);

/// The unit of a number per area: per µm², or per 10⁶ px² where the pixel size is not known.
DisplayUnit density_unit(const std::optional<PixelSize>& pixel_size);

/// A length with its unit, of so many significant digits and by the rule of `length_unit`:
/// `350.9 nm`, `1.05 µm`.
std::string length_text(double nm, int digits);

/// The size of a pixel: `0.2 nm`, `0.2 nm (y) by 0.3 nm (x)`.
std::string pixel_text(const PixelSize& pixel_size);

}  // namespace mote::report
