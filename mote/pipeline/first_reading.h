#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mote/measure/tables.h"
#include "mote/pipeline/jobs.h"
#include "mote/pipeline/journal.h"
#include "mote/pipeline/recording.h"
#include "mote/pipeline/sink.h"
#include "mote/track/tracker.h"

namespace mote::pipeline {

/// What holds for the whole recording, known once the journal has been read to its end.
struct FirstReading {
  RunSummary summary;
  track::LineageBuilder lineage;  ///< gives final track ids
  std::vector<Point> drift;       ///< by frame; empty where there is none

  Point drift_at(int64_t frame) const {
    return drift.empty() ? Point{} : drift[static_cast<size_t>(frame)];
  }
};

/// Throws kBadFile where the journal has no end, or what it holds contradicts itself.
FirstReading read_whole(const Job& job, const Recording& recording, const std::string& journal);

/// The measures of an instance as tables tell them: at the rim where the run has an edge model.
measure::InstanceMeasures told_measures(const measure::InstanceMeasures& measures,
                                        const RunSummary& summary);

/// What every row of a frame shares.
measure::FrameInfo frame_info(const JournalFrame& frame, const Recording& recording, Point drift);

}  // namespace mote::pipeline
