#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace mote::track {

/// How large a track was in a frame.
struct SizeSample {
  int64_t frame = 0;
  double area_px = 0;

  bool operator==(const SizeSample&) const = default;
};

/// The straight line through radii (of discs of equal area) by least squares.
struct SizeTrend {
  double first_px = 0;      ///< radius on the line at the first sample
  double last_px = 0;       ///< and at the last
  double per_frame_px = 0;  ///< slope
  double significance = 0;  ///< slope over its standard error, frames taken as independent
  int64_t frames = 0;       ///< from the first to the last sample
};

/// Nothing of fewer than five samples.
std::optional<SizeTrend> size_trend(std::span<const SizeSample> samples);

/// Whether a track that ends so dissolved: its radius fell significantly (by four standard errors
/// of the slope) and would have been none within twice the time in which that was seen.
bool is_dissolving(const SizeTrend& trend);

/// Whether a track that begins so nucleated: the same, backwards.
bool is_nucleating(const SizeTrend& trend);

}  // namespace mote::track
