#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/track/contacts.h"

namespace mote::track {

/// Puts a neck ratio that was measured into `evidence`, under `name`; where both lie in one region,
/// `one_region` = 1 in its place; nothing where they are apart.
void add_ratio(std::map<std::string, double>& evidence, const std::string& name, double ratio);

/// How a contact ended that is no merge: by `parted` where both go on apart before `last_frame`,
/// the last in which both are there; else by `aggregation` or `unresolved`. `confirm` as in
/// OverlapOptions.
EventType ending_of(const Contact& contact, int64_t last_frame, double confirm);

/// The events of an open contact that ended: how it opened, and what `type` it ended by. A contact
/// that does not end by a date of its own is left open in `last_frame`.
std::vector<Event> events_of(const EndedContact& ended, EventType type, int64_t last_frame);

}  // namespace mote::track
