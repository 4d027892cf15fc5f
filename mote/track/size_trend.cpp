#include "mote/track/size_trend.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "mote/core/disc.h"

namespace mote::track {
namespace {

constexpr size_t kLeastSamples = 5;
constexpr double kSignificant = 4;
/// Lives of a particle at its present rate, in windows in which the rate was seen.
constexpr double kWindows = 2;

}  // namespace

std::optional<SizeTrend> size_trend(std::span<const SizeSample> samples) {
  if (samples.size() < kLeastSamples) {
    return std::nullopt;
  }
  const auto count = static_cast<double>(samples.size());
  double mean_frame = 0;
  double mean_px = 0;
  for (const SizeSample& sample : samples) {
    mean_frame += static_cast<double>(sample.frame) / count;
    mean_px += equivalent_radius_px(sample.area_px) / count;
  }
  double xx = 0;
  double xy = 0;
  double yy = 0;
  for (const SizeSample& sample : samples) {
    const double x = static_cast<double>(sample.frame) - mean_frame;
    const double y = equivalent_radius_px(sample.area_px) - mean_px;
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  SizeTrend trend{.per_frame_px = xy / xx, .frames = samples.back().frame - samples.front().frame};
  const double left = std::max(0.0, yy - xy * xy / xx);
  const double error = std::sqrt(left / (count - 2) / xx);
  trend.significance = error > 0 ? trend.per_frame_px / error
                                 : std::copysign(std::numeric_limits<double>::infinity(), xy);
  trend.significance = xy == 0 ? 0 : trend.significance;
  trend.first_px =
      mean_px + trend.per_frame_px * (static_cast<double>(samples.front().frame) - mean_frame);
  trend.last_px =
      mean_px + trend.per_frame_px * (static_cast<double>(samples.back().frame) - mean_frame);
  return trend;
}

bool is_dissolving(const SizeTrend& trend) {
  return trend.significance <= -kSignificant &&
         trend.last_px <= -trend.per_frame_px * kWindows * static_cast<double>(trend.frames);
}

bool is_nucleating(const SizeTrend& trend) {
  return trend.significance >= kSignificant &&
         trend.first_px <= trend.per_frame_px * kWindows * static_cast<double>(trend.frames);
}

}  // namespace mote::track
