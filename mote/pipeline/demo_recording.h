#pragma once

#include <string>

#include "mote/pipeline/progress.h"
#include "mote/simulate/demo.h"

namespace mote::pipeline {

/// `mote simulate --preset demo`.
struct DemoJob {
  std::string output;  ///< folder
  simulate::DemoOptions demo;
  bool force = false;  ///< write over what an earlier simulation left in the folder
};

/// Writes the demo to `DIR/recording.tif`, with calibration, and its truth to `DIR/truth/`:
/// `labels.tif`, `tracks.csv`, `events.csv`, `instances.csv` and `drift.csv`, whose columns mean
/// what those of a run mean, and `simulation.json` with what it was made from. The recording
/// appears last: where it is, all of it is.
///
/// Throws kUsage where the folder is not empty and `force` is not set, or as make_demo; kResource
/// where it cannot be written; Cancelled, leaving nothing behind.
void write_demo(const DemoJob& job, const JobContext& context = {});

}  // namespace mote::pipeline
