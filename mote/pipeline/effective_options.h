#pragma once

#include "mote/pipeline/jobs.h"

namespace mote::pipeline {

/// Throws kUsage, in one line, where an option has another value than its default and would do
/// nothing beside the others: `--points-per-side 4 counts only with EfficientSAM ...`; and where
/// --method fixed lacks its --threshold.
///
/// A run.json holds every option, most of them at their defaults, so all that it holds passes. What
/// stands in the job is all that is looked at: whether an option was given at its default is not
/// known here.
void require_effective_options(const Job& job);

}  // namespace mote::pipeline
