#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/pipeline/frame_correction.h"

namespace mote::pipeline {

/// An event of a run that events.csv calls by another type.
struct EditedType {
  size_t event = 0;  ///< its place among the events of the run
  EventType type = EventType::kAppeared;
  int64_t line = 0;  ///< in events.csv
};

/// The types that differ in events.csv from those of the run. A type may become another one that
/// happens to the same tracks: a beginning another beginning, an end another end, a contact an
/// overlap, the end of a contact another such end. Others, unknown types and events that the run
/// does not have are left out with a warning.
std::vector<EditedType> edited_types(const EditedFiles& edited, const std::vector<Event>& of_run,
                                     std::vector<std::string>& warnings);

}  // namespace mote::pipeline
