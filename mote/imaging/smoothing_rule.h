#pragma once

#include <optional>
#include <string>

namespace mote::imaging {

/// Up to this share of the median radius a Gaussian neither joins close particles nor loses small
/// ones (docs/measurements.md, Through the default segmenter).
inline constexpr double kMostSigmaOverRadius = 0.1;

/// What to say where a mask was found on an image smoothed too much for its particles; nothing
/// where sigma is at most kMostSigmaOverRadius of their median radius. Warning of a run and check
/// of its report alike.
std::optional<std::string> smoothing_warning(double sigma_px, double median_radius_px);

}  // namespace mote::imaging
