#pragma once

#include <string>

#include "mote/pipeline/jobs.h"

namespace mote::pipeline {

/// That a run found no particles, and the options that most likely kept it from finding some.
std::string nothing_found(const Job& job);

}  // namespace mote::pipeline
