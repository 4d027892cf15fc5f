#include "mote/track/overlap.h"

#include <cmath>

#include "mote/core/error.h"
#include "mote/track/overlap_tracker.h"

namespace mote::track {
namespace {

void require(bool holds, std::string_view option, double value, std::string_view expected) {
  if (!holds) {
    throw Error(ErrorKind::kUsage, "{} is {}, expected {}", option, value, expected);
  }
}

void check(const OverlapOptions& options) {
  const auto require_ratio = [](std::string_view option, double value) {
    require(value >= 0 && value <= 1, option, value, "0 to 1");
  };
  require(options.max_distance_px > 0 && std::isfinite(options.max_distance_px), "max_distance_px",
          options.max_distance_px, "more than 0");
  require(options.max_gap >= 0, "max_gap", options.max_gap, "0 or more");
  require(options.confirm >= 0, "confirm", options.confirm, "0 or more");
  require(options.border_px >= 0, "border_px", options.border_px, "0 or more");
  require(options.lag_frames >= 2 * kHalfWindow && options.lag_frames <= 1000, "lag_frames",
          static_cast<double>(options.lag_frames), "4 to 1000");
  require_ratio("merge_neck_ratio", options.merge_neck_ratio);
  require_ratio("split_neck_ratio", options.split_neck_ratio);
  require_ratio("join_neck_ratio", options.join_neck_ratio);
  require(options.split_neck_ratio <= options.merge_neck_ratio, "split_neck_ratio",
          options.split_neck_ratio, "no more than merge_neck_ratio");
}

}  // namespace

std::unique_ptr<Tracker> make_overlap_tracker(const OverlapOptions& options, Size field) {
  check(options);
  return std::make_unique<OverlapTracker>(options, field);
}

}  // namespace mote::track
