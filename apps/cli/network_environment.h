#pragma once

#include <string>
#include <vector>

#include "mote/pipeline/jobs.h"

namespace mote::cli {

/// Whether the command line asks for a network: `--model` other than threshold or `--tracker
/// deaot`, in the arguments or in what files gave to `job` (null for commands without one), or
/// `mote bench`.
bool asks_for_network(const std::vector<std::string>& arguments, const pipeline::Job* job);

/// Starts the program anew, once, with OMP_WAIT_POLICY=passive where nothing is set: OpenMP reads
/// it before main, and by default its threads spin for 0.6 s where there is nothing to do.
void start_with_passive_threads(char** argv);

}  // namespace mote::cli
