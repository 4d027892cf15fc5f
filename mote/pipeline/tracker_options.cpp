#include "mote/pipeline/tracker_options.h"

namespace mote::pipeline {

track::OverlapOptions tracker_options(const Job& job, const TimeScale& scale) {
  track::OverlapOptions options = job.overlap;
  options.max_gap = tracker_time("max-gap", job.max_gap, scale);
  options.max_contrast_gap = tracker_time("max-contrast-gap", job.max_contrast_gap, scale);
  options.confirm = tracker_time("confirm", job.confirm, scale);
  options.lag_frames = track::lag_frames_for(options.confirm, scale.per_frame);
  return options;
}

}  // namespace mote::pipeline
