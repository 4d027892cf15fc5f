#pragma once

#include <cstdint>
#include <string>

#include "mote/core/track_graph.h"

namespace mote::pipeline {

/// What a finished run found, by its run.json, frames.csv, particles.csv and tracks.csv: a node for
/// every track of every instance, in pixels of the field that was used, with those of its measures
/// that other programs show. A run of `mote segment` has a node an instance, without a track.
/// Masks are left to labels.tif.
///
/// Throws kNotFound where it is no run or a table is not there, kBadFile, naming file and line,
/// where a table is damaged.
TrackGraph tracks_of_run(const std::string& run);

/// Whether the folder is one of a run that told tracks.
bool has_tracks(const std::string& run);

struct TrackCounts {
  int64_t instances = 0;  ///< one where tracks share it
  int64_t tracks = 0;
};
TrackCounts counts_of(const TrackGraph& graph);

}  // namespace mote::pipeline
