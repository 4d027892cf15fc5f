#pragma once

#include "mote/pipeline/jobs.h"
#include "mote/pipeline/timing.h"
#include "mote/track/overlap.h"

namespace mote::pipeline {

/// The tracker's options with the times of the job on its clock.
/// Throws as `tracker_time`.
track::OverlapOptions tracker_options(const Job& job, const TimeScale& scale);

}  // namespace mote::pipeline
