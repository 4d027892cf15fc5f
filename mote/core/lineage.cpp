#include "mote/core/lineage.h"

#include <algorithm>

#include "mote/core/error.h"

namespace mote {
namespace {

const Track* find(const Lineage& lineage, int32_t id) {
  const auto at = std::lower_bound(lineage.tracks.begin(), lineage.tracks.end(), id,
                                   [](const Track& track, int32_t key) { return track.id < key; });
  return at != lineage.tracks.end() && at->id == id ? &*at : nullptr;
}

}  // namespace

std::string_view name(EventType type) {
  switch (type) {
    case EventType::kAppeared: return "appeared";
    case EventType::kNucleated: return "nucleated";
    case EventType::kEntered: return "entered";
    case EventType::kLost: return "lost";
    case EventType::kDissolved: return "dissolved";
    case EventType::kLeft: return "left";
    case EventType::kContrastLost: return "contrast_lost";
    case EventType::kContact: return "contact";
    case EventType::kOverlap: return "overlap";
    case EventType::kParted: return "parted";
    case EventType::kAggregation: return "aggregation";
    case EventType::kCoalescence: return "coalescence";
    case EventType::kUnresolved: return "unresolved";
    case EventType::kSplit: return "split";
  }
  return "";
}

std::string_view name(Source source) {
  switch (source) {
    case Source::kAuto: return "auto";
    case Source::kImported: return "imported";
    case Source::kManual: return "manual";
  }
  return "";
}

void check(const Lineage& lineage) {
  int32_t previous = 0;
  for (const Track& track : lineage.tracks) {
    if (track.id <= previous) {
      throw Error(ErrorKind::kBadFile, "track {} follows track {}: ids must ascend from 1",
                  track.id, previous);
    }
    previous = track.id;
    if (track.last_frame < track.first_frame) {
      throw Error(ErrorKind::kBadFile, "track {} ends in frame {}, before its first frame {}",
                  track.id, track.last_frame, track.first_frame);
    }
  }
  for (const Track& track : lineage.tracks) {
    for (const int32_t parent_id : track.parents) {
      const Track* parent = find(lineage, parent_id);
      if (parent == nullptr) {
        throw Error(ErrorKind::kBadFile,
                    "track {} names track {} as its parent, which does not exist", track.id,
                    parent_id);
      }
      if (parent->last_frame >= track.first_frame) {
        throw Error(ErrorKind::kBadFile, "track {} ends in frame {}, but its child {} begins in {}",
                    parent_id, parent->last_frame, track.id, track.first_frame);
      }
    }
  }
  for (const Event& event : lineage.events) {
    for (const auto* ids : {&event.tracks, &event.children}) {
      for (const int32_t id : *ids) {
        if (find(lineage, id) == nullptr) {
          throw Error(ErrorKind::kBadFile, "{} in frame {} names track {}, which does not exist",
                      name(event.type), event.frame, id);
        }
      }
    }
  }
}

}  // namespace mote
