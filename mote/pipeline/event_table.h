#pragma once

#include <span>
#include <string>

#include "mote/eval/events.h"
#include "mote/pipeline/frame_pairs.h"

namespace mote::pipeline {

/// The CSV of `--per-event`, as docs/metrics.md has it: every event that was asked for or claimed,
/// then every crossing and flicker. `pairs` are the scored frames, which dates count; the table has
/// their numbers.
std::string per_event_csv(const eval::HistoryScores& history, std::span<const FramePair> pairs);

}  // namespace mote::pipeline
