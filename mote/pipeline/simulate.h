#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "mote/core/lineage.h"
#include "mote/simulate/demo.h"

namespace mote::pipeline {

struct SimulateJob {
  std::string output;  ///< folder
  simulate::DemoOptions demo;
  bool force = false;  ///< write over what an earlier simulation left in the folder
};

/// Told after each frame; what it throws stops the job, which then leaves nothing behind.
using SimulateProgress = std::function<void(int64_t done, int64_t total)>;

/// Writes the demo to `DIR/recording.tif`, with calibration, and its truth to `DIR/truth/`:
/// `labels.tif`, `tracks.csv`, `events.csv`, `instances.csv` and `drift.csv`, whose columns mean
/// what those of a run mean, and `simulation.json` with what it was made from. The recording
/// appears last: where it is, all of it is.
///
/// Throws kUsage where the folder is not empty and `force` is not set, or as make_demo; kResource
/// where it cannot be written.
void write_demo(const SimulateJob& job, const SimulateProgress& progress = {});

}  // namespace mote::pipeline
