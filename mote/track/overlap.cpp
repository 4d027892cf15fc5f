#include "mote/track/overlap.h"

#include <algorithm>
#include <cmath>

#include "mote/core/require.h"
#include "mote/track/overlap_tracker.h"

namespace mote::track {
namespace {

void check(const OverlapOptions& options) {
  const auto require_ratio = [](std::string_view option, double value) {
    require_option(value >= 0 && value <= 1, option, value, "0 to 1");
  };
  require_option(options.max_distance_px >= 0 && std::isfinite(options.max_distance_px),
                 "max-distance-px", options.max_distance_px, "0 or more");
  require_option(options.max_gap >= 0 && std::isfinite(options.max_gap), "max-gap", options.max_gap,
                 "0 or more");
  require_option(options.confirm >= 0 && std::isfinite(options.confirm), "confirm", options.confirm,
                 "0 or more");
  require_option(options.border_px >= 0, "border-px", options.border_px, "0 or more");
  require_option(options.lag_frames >= 2 * kHalfWindow && options.lag_frames <= 1000, "lag-frames",
                 options.lag_frames, "4 to 1000");
  require_ratio("merge-neck-ratio", options.merge_neck_ratio);
  require_ratio("split-neck-ratio", options.split_neck_ratio);
  require_ratio("join-neck-ratio", options.join_neck_ratio);
  require_option(options.split_neck_ratio <= options.merge_neck_ratio, "split-neck-ratio",
                 options.split_neck_ratio, "no more than merge-neck-ratio");
}

}  // namespace

int64_t lag_frames_for(double confirm, double per_frame) {
  const double frames = std::ceil(confirm / per_frame - 1e-6) + static_cast<double>(kHalfWindow);
  return static_cast<int64_t>(std::clamp(frames, static_cast<double>(OverlapOptions().lag_frames),
                                         static_cast<double>(kMostLagFrames)));
}

std::unique_ptr<Tracker> make_overlap_tracker(const OverlapOptions& options, Size field) {
  check(options);
  return std::make_unique<OverlapTracker>(options, field);
}

}  // namespace mote::track
