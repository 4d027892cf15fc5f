#include "mote/track/tracker.h"

#include <algorithm>

#include "mote/core/error.h"

namespace mote::track {
namespace {

bool includes(const std::vector<int32_t>& all, const std::vector<int32_t>& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

std::vector<int32_t> replaced(const std::vector<int32_t>& tracks, const Reassignment& change) {
  std::vector<int32_t> rest;
  std::set_difference(tracks.begin(), tracks.end(), change.from.begin(), change.from.end(),
                      std::back_inserter(rest));
  std::vector<int32_t> result;
  std::set_union(rest.begin(), rest.end(), change.to.begin(), change.to.end(),
                 std::back_inserter(result));
  return result;
}

}  // namespace

int64_t frame_of_tracks(const Event& event) {
  switch (event.type) {
    case EventType::kLost:
    case EventType::kDissolved:
    case EventType::kLeft:
    case EventType::kContrastLost:
    case EventType::kCoalescence:
    case EventType::kSplit: return event.frame_before;
    default: return event.frame;
  }
}

void LineageBuilder::add(const TrackerOutput& output) {
  tracks_.insert(tracks_.end(), output.tracks.begin(), output.tracks.end());
  events_.insert(events_.end(), output.events.begin(), output.events.end());
  for (const Reassignment& reassignment : output.reassignments) {
    if (!reassignment.from.empty()) {
      reassignments_from_[reassignment.from.front()].push_back(reassignments_.size());
      reassignments_.push_back(reassignment);
    }
  }
}

std::vector<int32_t> LineageBuilder::reassigned(int64_t frame, std::vector<int32_t> tracks) const {
  size_t from_index = 0;
  while (true) {
    size_t next = reassignments_.size();
    for (const int32_t track : tracks) {
      const auto found = reassignments_from_.find(track);
      if (found == reassignments_from_.end()) {
        continue;
      }
      const std::vector<size_t>& indices = found->second;
      for (auto at = std::lower_bound(indices.begin(), indices.end(), from_index);
           at != indices.end() && *at < next; ++at) {
        const Reassignment& change = reassignments_[*at];
        if (change.first_frame <= frame && frame <= change.last_frame &&
            includes(tracks, change.from)) {
          next = *at;
        }
      }
    }
    if (next == reassignments_.size()) {
      return tracks;
    }
    tracks = replaced(tracks, reassignments_[next]);
    from_index = next + 1;
  }
}

int32_t LineageBuilder::final_id(int32_t provisional) const {
  const auto found = final_ids_.find(provisional);
  if (found == final_ids_.end()) {
    throw Error(ErrorKind::kBadFile, "provisional track {} is named but was never handed back",
                provisional);
  }
  return found->second;
}

std::vector<int32_t> LineageBuilder::final_tracks(int64_t frame,
                                                  const std::vector<int32_t>& tracks) const {
  std::vector<int32_t> result;
  for (const int32_t track : reassigned(frame, tracks)) {
    if (keep_ids_ && !final_ids_.contains(track)) {
      continue;
    }
    result.push_back(final_id(track));
  }
  std::sort(result.begin(), result.end());
  return result;
}

Lineage LineageBuilder::build() {
  std::sort(tracks_.begin(), tracks_.end(), [&](const Track& a, const Track& b) {
    return keep_ids_ ? a.id < b.id
                     : std::pair(a.first_frame, a.id) < std::pair(b.first_frame, b.id);
  });
  for (const Track& track : tracks_) {
    const auto final_id = keep_ids_ ? track.id : static_cast<int32_t>(final_ids_.size()) + 1;
    if (!final_ids_.try_emplace(track.id, final_id).second) {
      throw Error(ErrorKind::kBadFile, "provisional track {} was handed back twice", track.id);
    }
  }

  // One id at a time: a merge of {a, b} also moves what names a alone.
  const auto map_all = [&](int64_t frame, std::vector<int32_t>& ids) {
    std::vector<int32_t> mapped;
    for (const int32_t id : ids) {
      const std::vector<int32_t> final = final_tracks(frame, {id});
      mapped.insert(mapped.end(), final.begin(), final.end());
    }
    std::sort(mapped.begin(), mapped.end());
    mapped.erase(std::unique(mapped.begin(), mapped.end()), mapped.end());
    ids = std::move(mapped);
  };

  Lineage lineage{.tracks = tracks_, .events = events_};
  for (Track& track : lineage.tracks) {
    track.id = final_id(track.id);
    map_all(track.first_frame - 1, track.parents);
  }
  for (Event& event : lineage.events) {
    map_all(frame_of_tracks(event), event.tracks);
    map_all(event.frame, event.children);
  }
  // Two that turned out to be one already had no contact.
  std::erase_if(lineage.events, [](const Event& event) {
    const bool of_two = event.type == EventType::kContact || event.type == EventType::kOverlap ||
                        event.type == EventType::kParted || event.type == EventType::kAggregation ||
                        event.type == EventType::kUnresolved;
    return of_two && event.tracks.size() < 2;
  });
  std::sort(lineage.events.begin(), lineage.events.end(), [](const Event& a, const Event& b) {
    return std::tie(a.frame, a.type, a.tracks, a.children) <
           std::tie(b.frame, b.type, b.tracks, b.children);
  });
  check(lineage);
  return lineage;
}

}  // namespace mote::track
