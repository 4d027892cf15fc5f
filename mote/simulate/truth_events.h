#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/simulate/chronicle.h"

namespace mote::simulate {

/// A moment: exactly, and the first frame that shows what came of it.
struct Moment {
  double time_s = 0;
  int64_t frame = 0;

  bool operator==(const Moment&) const = default;
};

/// Something that happened to tracks, by the words of `mote evaluate`: `nucleated`, `entered`,
/// `appeared`, `dissolved`, `left`, `lost`, `contact`, `aggregation`, `coalescence`, `overlap`,
/// `contrast_lost`.
struct TruthEvent {
  std::string type;
  Moment at;
  int64_t frame_before = 0;
  std::vector<int32_t> tracks;     ///< the parents of a merge
  std::vector<int32_t> children;   ///< of a merge
  std::optional<Point> position;   ///< in camera pixels; not of a flicker
  std::optional<Moment> contact;   ///< of a merge: when its parents touched
  std::optional<Moment> merged;    ///< of a merge: when its neck has 0.7 of the smaller diameter
  std::optional<Moment> complete;  ///< likewise 0.95
  std::optional<Moment> until;     ///< of an overlap or flicker: when it is over; none of a flicker
                                   ///< that the recording shows to its end

  bool operator==(const TruthEvent&) const = default;
};

/// The first frame that is no earlier than `time_s`, a frame standing for the middle of its
/// exposure; 0 before the first.
int64_t frame_at(double time_s, const WorldOptions& options);

/// The events of a chronicle, in order of frame, type and tracks. A merge is dated by the neck at
/// merge_neck_ratio. Overlaps of the same two less than 1 s apart are one: at a graze Brownian
/// motion begins and ends many; those that no frame shows are left out. An overlap ends where a
/// track of it does or with the recording, at the latest; a flicker where its track does, and none
/// begins after that.
std::vector<TruthEvent> truth_events(const Lineage& lineage, std::span<const TrackEvent> events,
                                     const WorldOptions& options);

}  // namespace mote::simulate
