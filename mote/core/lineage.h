#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mote/core/grid.h"

namespace mote {

/// Where a track, an event or an instance comes from.
enum class Source : uint8_t {
  kAuto,      ///< mote found it
  kImported,  ///< label images that were given say so
  kManual,    ///< a correction by hand made it, or changed it
};

/// `auto`, `imported`, `manual`.
std::string_view name(Source source);

/// One particle through time, between two changes of identity.
struct Track {
  int32_t id = 0;
  int64_t first_frame = 0;
  int64_t last_frame = 0;
  std::vector<int32_t> parents;  ///< two or more after a merge, one after a split, else none
  Source source = Source::kAuto;

  bool operator==(const Track&) const = default;
};

enum class EventType {
  kAppeared,      ///< a track begins inside the field, cause not decided
  kNucleated,     ///< likewise, and grew from the smallest that can be seen
  kEntered,       ///< a track begins at the border
  kLost,          ///< a track ends inside the field, cause not decided
  kDissolved,     ///< likewise, and shrank to the smallest that can be seen
  kLeft,          ///< a track ends at the border
  kContrastLost,  ///< a track is not seen for a while and comes back in its place and size
  kContact,       ///< two tracks touch
  kOverlap,       ///< two tracks lie over each other in projection
  kParted,        ///< a contact ends with both going on
  kAggregation,   ///< two tracks stay in contact, with a neck that has ceased to grow
  kCoalescence,   ///< a contact ends in one track: a merge
  kUnresolved,    ///< a contact that the end of the recording or of a track leaves open
  kSplit,         ///< one track becomes several
};

/// A track begins by it that comes of no other.
inline bool is_birth(EventType type) {
  return type == EventType::kAppeared || type == EventType::kNucleated ||
         type == EventType::kEntered;
}

/// A track ends by it and becomes no other.
inline bool is_death(EventType type) {
  return type == EventType::kLost || type == EventType::kDissolved || type == EventType::kLeft;
}

/// `appeared`, `contact`, `coalescence`, ...
std::string_view name(EventType type);

/// What happened, to whom, and when: after `frame_before`, at the latest in `frame`.
struct Event {
  EventType type = EventType::kAppeared;
  int64_t frame_before = 0;       ///< last frame before; equals `frame` at the recording's start
  int64_t frame = 0;              ///< first frame after
  std::vector<int32_t> tracks;    ///< to whom: the parents of a merge or split
  std::vector<int32_t> children;  ///< who begins by it
  Point position;                 ///< in camera pixels at `frame`; at `frame_before` for deaths
  double confidence = 1;          ///< 0 to 1
  std::map<std::string, double> evidence;  ///< `neck_ratio`, `contact_frame`, ...
  Source source = Source::kAuto;

  bool operator==(const Event&) const = default;
};

/// The tracks of a recording and what happened to them: a directed acyclic graph whose edges are
/// Track::parents.
struct Lineage {
  std::vector<Track> tracks;  ///< in order of id
  std::vector<Event> events;  ///< in order of (frame, type, tracks)

  bool operator==(const Lineage&) const = default;
};

/// Throws kBadFile, naming the track, unless ids are unique and ascending, parents exist and end
/// before their children begin, and events name existing tracks.
void check(const Lineage& lineage);

}  // namespace mote
