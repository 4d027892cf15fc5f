#pragma once

#include <cstdint>
#include <string>

#include "mote/pipeline/progress.h"
#include "mote/pipeline/simulation_options.h"

namespace mote::pipeline {

struct SimulationJob {
  std::string output;  ///< folder
  RequestedSimulation simulation;
  bool force = false;   ///< write over what an earlier simulation left in the folder
  int64_t threads = 0;  ///< 0: all there are
};

/// Writes a simulated recording to `DIR/recording.tif`, with calibration, and its truth to
/// `DIR/truth/` (docs/outputs.md). Frames are made in parallel and written in order, in memory that
/// does not depend on their number; the bytes depend on the options alone. The recording appears
/// last: where it is, all of it is.
///
/// Throws kUsage where the folder is not empty and `force` is not set, or on options out of range;
/// kResource where it cannot be written; Cancelled, leaving nothing behind.
void write_simulation(const SimulationJob& job, const JobContext& context = {});

}  // namespace mote::pipeline
