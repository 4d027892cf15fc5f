#pragma once

#include <vector>

#include "mote/pipeline/frame_correction.h"
#include "mote/pipeline/journal.h"
#include "mote/track/tracker.h"

namespace mote::pipeline {

/// Who touches whom in a corrected frame, by its `labels` and `redrawn`: numbers the clusters of
/// `corrected` anew where something was redrawn, and gives the necks of the frame. Between masks
/// that nobody touched both are those of `automatic`, the frame as the run had it.
std::vector<track::TrackedNeck> renewed_neighbours(const JournalFrame& automatic,
                                                   CorrectedFrame& corrected);

}  // namespace mote::pipeline
