#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/eval/events.h"

namespace mote::pipeline {

/// The tracks in a tracks.csv of a run or of a simulation's truth; recorded frames where it names
/// them. Throws kBadFile, naming the line.
std::vector<Track> tracks_of_csv(const std::string& text);

/// The events in an events.csv, likewise. `numbers` are the recorded frames behind the run's, for
/// columns that have no recorded twin; empty where they are the same.
std::vector<eval::HistoryEvent> events_of_csv(const std::string& text,
                                              std::span<const int64_t> numbers);

}  // namespace mote::pipeline
