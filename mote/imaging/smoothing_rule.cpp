#include "mote/imaging/smoothing_rule.h"

#include <fmt/format.h>

namespace mote::imaging {

std::optional<std::string> smoothing_warning(double sigma_px, double median_radius_px) {
  if (sigma_px <= kMostSigmaOverRadius * median_radius_px) {
    return std::nullopt;
  }
  return fmt::format(
      "the Gaussian's sigma of {:.1f} px is {:.2f} of the median radius of {:.1f} px, more than "
      "{:.1f}: close particles may have been joined and small ones missed",
      sigma_px, sigma_px / median_radius_px, median_radius_px, kMostSigmaOverRadius);
}

}  // namespace mote::imaging
