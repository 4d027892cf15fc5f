#pragma once

#include "mote/pipeline/jobs.h"

namespace mote::pipeline {

/// Throws kUsage, in one line, where an option in job.given would do nothing beside the others:
/// `--points-per-side 4 counts only with EfficientSAM ...`; and where --method fixed lacks its
/// --threshold.
void require_effective_options(const Job& job);

}  // namespace mote::pipeline
