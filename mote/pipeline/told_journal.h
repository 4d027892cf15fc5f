#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/lineage.h"
#include "mote/pipeline/jobs.h"
#include "mote/pipeline/recording.h"

namespace mote::pipeline {

/// The events of tracks that the frames of a journal show (track::ToldEvents), of those `wanted`
/// and whoever they meet. `tracks` are all there are; `drift` gives that of each frame. Throws as
/// JournalReader.
std::vector<Event> told_by_journal(const std::string& journal, const Job& job,
                                   const Recording& recording, const std::vector<Track>& tracks,
                                   const std::set<int32_t>& wanted,
                                   const std::function<Point(int64_t)>& drift);

}  // namespace mote::pipeline
