#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mote/eval/event_pairing.h"
#include "mote/eval/events.h"

namespace mote::eval {

/// Overlaps in projection, and contacts that end in parting.
std::vector<Episode> crossings_of(std::span<const HistoryEvent> truth);

/// Losses of contrast.
std::vector<Episode> flickers_of(std::span<const HistoryEvent> truth);

/// Counts each wrong one among `events` (`is_wrong` goes with them) in `mistakes` of the nearest
/// episode within `tolerance` frames whose tracks it names all; returns how many there are.
int64_t count_mistakes(const std::vector<EventClaim>& events, const std::vector<bool>& is_wrong,
                       int64_t tolerance, int64_t Episode::*mistakes,
                       std::vector<Episode>& episodes);

}  // namespace mote::eval
