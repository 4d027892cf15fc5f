#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "mote/eval/events.h"

namespace mote::eval {

/// An event as it is compared: whom it must name, and its date.
struct EventClaim {
  std::vector<int32_t> tracks;
  std::vector<int32_t> children;
  std::optional<int64_t> frame;  ///< none: not within the recording
  std::string type;
  bool at_border = false;  ///< of the result: not wrong, whatever it names

  bool names_the_same(const EventClaim& other) const {
    return std::tie(tracks, children) == std::tie(other.tracks, other.children);
  }
};

/// How the claims of one kind of event agree.
struct PairedEvents {
  EventScores scores;
  int64_t same_type = 0;
  std::vector<bool> is_wrong;      ///< each of the result's
  std::vector<int32_t> result_of;  ///< by truth: the place of the result's claim, or -1
};

/// Pairs truths and claims of the same names and of dates within `tolerance_frames` one to one, as
/// many as possible, at the least sum of timing errors. A truth without a date is not asked, and
/// what names it is not wrong.
PairedEvents paired(const std::vector<EventClaim>& truth, const std::vector<EventClaim>& result,
                    const EventOptions& options);

/// What became of all that was asked, in order, and then of the wrong claims; `pairs` are theirs.
std::vector<EventFate> fates_of(const std::string& kind, const std::vector<EventClaim>& truth,
                                const std::vector<EventClaim>& result, const PairedEvents& pairs);

}  // namespace mote::eval
