#pragma once

#include <cstdint>
#include <string_view>

#include "mote/core/lineage.h"
#include "mote/measure/track.h"

namespace mote::measure {

/// How a track begins, as population counts take it.
enum class Beginning { kFirstFrame, kNucleated, kEntered, kMerged, kSplit, kUnresolved };

/// How a track ends, likewise.
enum class Ending { kLastFrame, kDissolved, kLeft, kMerged, kSplit, kUnresolved };

/// What the cause of a track's begin or end (TrackEnds) means for counts of particles. Every cause
/// that is not told here, such as `appeared` and `lost`, is kUnresolved; so is a track without a
/// cause that begins after the first frame or ends before the last.
Beginning beginning(const Track& track, std::string_view start_cause);
Ending ending(const Track& track, std::string_view end_cause, int64_t frames);

}  // namespace mote::measure
