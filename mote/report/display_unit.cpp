#include "mote/report/display_unit.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

namespace mote::report {
namespace {

struct LengthUnit {
  const char* name;
  const char* ascii;
  double nm;
};
constexpr std::array<LengthUnit, 3> kLengths = {
    {{"nm", "nm", 1}, {"µm", "um", 1e3}, {"mm", "mm", 1e6}}};

const LengthUnit& unit_of(double nm) {
  size_t i = 0;
  while (i + 1 < kLengths.size() && std::abs(nm) >= kLengths[i + 1].nm) {
    ++i;
  }
  return kLengths[i];
}

double rounded(double value, int digits) {
  return std::stod(fmt::format("{:.{}g}", value, digits));
}

}  // namespace

DisplayUnit length_unit(const std::optional<PixelSize>& pixel_size, double typical_px) {
  if (!pixel_size) {
    return {.name = "px", .ascii = "px"};
  }
  const double pixel_nm = std::sqrt(pixel_size->area_nm2());
  const LengthUnit& unit = unit_of(typical_px * pixel_nm);
  return {.name = unit.name,
          .ascii = unit.ascii,
          .per_pixel = pixel_nm / unit.nm,
          .per_pixel_y = pixel_size->y_nm / unit.nm,
          .per_pixel_x = pixel_size->x_nm / unit.nm};
}

DisplayUnit density_unit(const std::optional<PixelSize>& pixel_size) {
  if (!pixel_size) {
    return {.name = "per 10⁶ px²", .ascii = "per_1e6_px2", .per_pixel = 1e6};
  }
  return {.name = "µm⁻²", .ascii = "per_um2", .per_pixel = 1e6 / pixel_size->area_nm2()};
}

std::string length_text(double nm, int digits) {
  // 999.7 nm of three digits is 1 µm, not 1e+03 nm.
  const LengthUnit& unit = unit_of(rounded(nm, digits));
  return fmt::format("{:.{}g} {}", nm / unit.nm, digits, unit.name);
}

std::string pixel_text(const PixelSize& pixel_size) {
  const std::string x = length_text(pixel_size.x_nm, 4);
  return pixel_size.isotropic()
             ? x
             : fmt::format("{} (y) by {} (x)", length_text(pixel_size.y_nm, 4), x);
}

}  // namespace mote::report
