#include "mote/pipeline/corrected_lineage.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "mote/core/counted.h"
#include "mote/measure/track.h"
#include "mote/pipeline/edited_types.h"

namespace mote::pipeline {
namespace {

/// Frames on either side of a correction in which an event may change by it: as many as how a size
/// goes is judged by.
constexpr int64_t kReachFrames = 30;
/// Frames by which two datings of one event may differ.
constexpr int64_t kSameFrames = 5;

std::vector<int32_t> everyone(const Event& event) {
  std::vector<int32_t> ids = event.tracks;
  ids.insert(ids.end(), event.children.begin(), event.children.end());
  return ids;
}

bool is_of_one(EventType type) {
  return is_birth(type) || is_death(type);
}

bool is_of_lineage(EventType type) {
  return type == EventType::kCoalescence || type == EventType::kSplit;
}

// Whether both tell of the same, but for what they know of it.
bool is_same(const Event& a, const Event& b) {
  return a.type == b.type && a.tracks == b.tracks && a.children == b.children &&
         std::abs(a.frame - b.frame) <= (is_of_lineage(a.type) ? 0 : kSameFrames);
}

bool tells_the_same(Event a, const Event& b) {
  a.source = b.source;
  return a == b;
}

void sort_ids(std::vector<int32_t>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

}  // namespace

CorrectedLineage::CorrectedLineage(const Lineage& automatic, const EditedFiles& edited)
    : automatic_(automatic), edited_(edited) {
  for (const Track& track : automatic.tracks) {
    of_run_[track.id] = &track;
  }
}

void CorrectedLineage::add(const CorrectedFrame& frame) {
  const int64_t index = frame.frame.index;
  for (const int32_t track : frame.doubled) {
    doubled_[track].insert(index);
  }
  std::map<int32_t, int32_t> origin;  // by the name of now
  for (const auto& [before, after] : frame.now) {
    now_[before][index] = after;
    note_change(before, index);
    if (after != 0) {
      origin[after] = before;
      note_change(after, index);
    }
  }
  for (const int32_t track : frame.redrawn) {
    note_change(track, index);
  }
  for (const JournalInstance& instance : frame.frame.instances) {
    for (const int32_t track : instance.tracks) {
      const auto [life, is_new] = lives_.try_emplace(track);
      if (is_new) {
        const auto from = origin.find(track);
        const bool renamed = from != origin.end();
        life->second = {.first_frame = index,
                        .origin = renamed                   ? from->second
                                  : of_run_.contains(track) ? track
                                                            : 0};
      }
      life->second.last_frame = index;
    }
  }
}

/// What the run's track is in the frame.
int32_t CorrectedLineage::now(int32_t track, int64_t frame) const {
  const auto changes = now_.find(track);
  if (changes == now_.end()) {
    return track;
  }
  const auto found = changes->second.find(frame);
  return found == changes->second.end() ? track : found->second;
}

std::vector<int32_t> CorrectedLineage::inherited_parents(int32_t track) const {
  const Life& life = lives_.at(track);
  const auto origin = of_run_.find(life.origin);
  if (origin == of_run_.end()) {
    return {};
  }
  const Track& before = *origin->second;
  const bool begins_alike = life.first_frame == before.first_frame;
  const bool begins_later = before.id == track && now(track, before.first_frame) == 0;
  std::vector<int32_t> parents;
  if (begins_alike || begins_later) {
    for (const int32_t parent : before.parents) {
      const int32_t heir = now(parent, of_run_.at(parent)->last_frame);
      if (heir != 0 && heir != track) {
        parents.push_back(heir);
      }
    }
  }
  sort_ids(parents);
  return parents;
}

void CorrectedLineage::refuse(int32_t parent, int32_t child, const std::string& why) {
  warnings_.push_back(fmt::format("{}: line {}: parent {} of track {} {}; it is left out",
                                  edited_.tracks, edited_.rows.at(child).line, parent, child, why));
}

/// Whether `track` comes of `from`, as tracks.csv has it.
bool CorrectedLineage::descends(int32_t track, int32_t from) const {
  std::set<int32_t> met;
  std::vector<int32_t> open = {track};
  while (!open.empty()) {
    const int32_t one = open.back();
    open.pop_back();
    if (one == from) {
      return true;
    }
    const auto row = edited_.rows.find(one);
    if (row != edited_.rows.end() && met.insert(one).second) {
      open.insert(open.end(), row->second.parents.begin(), row->second.parents.end());
    }
  }
  return false;
}

bool CorrectedLineage::may_beget(int32_t parent, int32_t child) {
  const auto life = lives_.find(parent);
  if (edited_.removed.contains(parent)) {
    refuse(parent, child, "was taken out");
  } else if (!edited_.rows.contains(parent)) {
    refuse(parent, child, "has no row");
  } else if (parent == child) {
    refuse(parent, child, "is the track itself");
  } else if (descends(parent, child)) {
    refuse(parent, child, "comes of it: parents must not go in a circle");
  } else if (life == lives_.end()) {
    refuse(parent, child, "has no instance in any frame");
  } else if (life->second.last_frame >= lives_.at(child).first_frame) {
    refuse(parent, child,
           fmt::format("is seen until frame {}, the track from frame {}: expected a parent that "
                       "ends before",
                       life->second.last_frame, lives_.at(child).first_frame));
  } else {
    return true;
  }
  return false;
}

std::vector<int32_t> CorrectedLineage::written_parents(int32_t track) {
  std::vector<int32_t> parents;
  for (const int32_t parent : edited_.rows.at(track).parents) {
    if (may_beget(parent, track)) {
      parents.push_back(parent);
    }
  }
  return parents;
}

void CorrectedLineage::settle() {
  for (const auto& [id, before] : of_run_) {
    if (!changes_.contains(id)) {
      lives_[id] = {before->first_frame, before->last_frame, id};
    }
  }
  for (const auto& [id, life] : lives_) {
    const auto before = of_run_.find(id);
    const bool known = before != of_run_.end();
    Track track{.id = id, .first_frame = life.first_frame, .last_frame = life.last_frame};
    track.source = known ? before->second->source : Source::kManual;
    const std::vector<int32_t> of_run = known ? before->second->parents : std::vector<int32_t>();
    track.parents =
        edited_.rows.at(id).parents == of_run ? inherited_parents(id) : written_parents(id);
    // An heir may live on beside the child.
    std::erase_if(track.parents, [&](int32_t parent) {
      const auto heir = lives_.find(parent);
      return heir == lives_.end() || heir->second.last_frame >= track.first_frame;
    });
    tracks_.push_back(std::move(track));
  }
  for (const auto& [id, frames] : changes_) {
    wanted_.insert(id);
  }
  mark_changed_parents();
  std::erase_if(wanted_, [&](int32_t id) { return !lives_.contains(id); });
  for (const auto& [id, frames] : doubled_) {
    warnings_.push_back(fmt::format(
        "track {} has two instances in {}, the first is {}: one stays what the run had, or "
        "is left out where that is taken",
        id, counted(static_cast<int64_t>(frames.size()), "frame"), *frames.begin()));
  }
  for (const auto& [id, row] : edited_.rows) {
    if (!of_run_.contains(id) && !lives_.contains(id)) {
      warnings_.push_back(fmt::format("{}: line {}: track {} has no instance in any frame",
                                      edited_.tracks, row.line, id));
    }
  }
}

/// Where the parents of a track change, so does how it begins and how they end.
void CorrectedLineage::mark_changed_parents() {
  const auto mark = [&](const Track& child, const std::vector<int32_t>& parents) {
    note_change(child.id, child.first_frame);
    wanted_.insert(child.id);
    for (const int32_t parent : parents) {
      wanted_.insert(parent);
      if (const auto life = lives_.find(parent); life != lives_.end()) {
        note_change(parent, life->second.last_frame);
      }
    }
  };
  std::map<int32_t, const Track*> here;
  for (const Track& track : tracks_) {
    here[track.id] = &track;
    const auto before = of_run_.find(track.id);
    const std::vector<int32_t> of_run =
        before != of_run_.end() ? before->second->parents : std::vector<int32_t>();
    if (of_run != track.parents) {
      mark(track, of_run);
      mark(track, track.parents);
    }
  }
  for (const auto& [id, before] : of_run_) {
    if (!here.contains(id)) {
      mark(*before, before->parents);
    }
  }
}

/// Whether anything was corrected where it could change an event of `tracks` in `frame`.
bool CorrectedLineage::is_changed_near(const std::vector<int32_t>& tracks, int64_t frame) const {
  return std::any_of(tracks.begin(), tracks.end(), [&](int32_t track) {
    const auto changes = changes_.find(track);
    if (changes == changes_.end()) {
      return false;
    }
    const auto near = changes->second.lower_bound(frame - kReachFrames);
    return near != changes->second.end() && *near <= frame + kReachFrames;
  });
}

/// An event of the run under the names of now; nothing where somebody of it is gone.
std::optional<Event> CorrectedLineage::renamed(const Event& event) const {
  Event renamed = event;
  bool gone = false;
  const auto rename = [&](std::vector<int32_t>& ids, int64_t frame) {
    for (int32_t& id : ids) {
      id = now(id, frame);
      gone = gone || !lives_.contains(id);
    }
    const size_t count = ids.size();
    sort_ids(ids);
    gone = gone || ids.size() != count;
  };
  rename(renamed.tracks, track::frame_of_tracks(event));
  rename(renamed.children, event.frame);
  const bool same = renamed.tracks == event.tracks && renamed.children == event.children;
  renamed.source = same ? event.source : Source::kManual;
  return gone ? std::nullopt : std::optional(renamed);
}

std::vector<Event> CorrectedLineage::events_of_run() const {
  std::vector<Event> events;
  for (const Event& event : automatic_.events) {
    if (std::optional<Event> now = renamed(event)) {
      events.push_back(std::move(*now));
    }
  }
  return events;
}

void CorrectedLineage::apply_types(std::vector<Event>& events) {
  for (const EditedType& edit : edited_types(edited_, automatic_.events, warnings_)) {
    const std::optional<Event> was = renamed(automatic_.events[edit.event]);
    const auto found = std::find_if(events.begin(), events.end(), [&](const Event& event) {
      return was && is_same(event, *was);
    });
    if (found == events.end()) {
      warnings_.push_back(
          fmt::format("{}: line {}: event {} is no more by other corrections; its type is left out",
                      edited_.events, edit.line, edit.event + 1));
      continue;
    }
    found->type = edit.type;
    found->confidence = 1;
    found->source = Source::kManual;
  }
}

std::vector<Event> CorrectedLineage::events(const std::vector<Event>& told) const {
  const auto is_wanted = [&](const Event& event) {
    const std::vector<int32_t> ids = everyone(event);
    return std::any_of(ids.begin(), ids.end(), [&](int32_t id) { return changes_.contains(id); });
  };
  std::vector<Event> events;
  std::vector<Event> of_run;
  for (Event& event : events_of_run()) {
    (is_wanted(event) || event.source == Source::kManual ? of_run : events)
        .push_back(std::move(event));
  }
  std::vector<bool> used(of_run.size());
  for (const Event& event : told) {
    const auto known = std::find_if(of_run.begin(), of_run.end(),
                                    [&](const Event& other) { return is_same(event, other); });
    const bool near = is_changed_near(everyone(event), event.frame);
    if (known != of_run.end() &&
        (!near || !is_of_one(event.type) || tells_the_same(event, *known))) {
      events.push_back(*known);
    } else if (near) {
      events.push_back(event);
      events.back().source = Source::kManual;
    }
    if (known != of_run.end()) {
      used[static_cast<size_t>(known - of_run.begin())] = true;
    }
  }
  for (size_t i = 0; i < of_run.size(); ++i) {
    if (!used[i] && !is_changed_near(everyone(of_run[i]), of_run[i].frame)) {
      events.push_back(of_run[i]);
    }
  }
  return events;
}

/// A track whose row differs from that of the run: by its instances, its parents or children, or by
/// the events that begin and end it.
void CorrectedLineage::mark_tracks(Lineage& lineage) const {
  const auto before = measure::track_ends(automatic_);
  const auto after = measure::track_ends(lineage);
  for (Track& track : lineage.tracks) {
    const auto known = of_run_.find(track.id);
    const bool same = known != of_run_.end() && known->second->parents == track.parents &&
                      !changes_.contains(track.id) && before.at(track.id) == after.at(track.id);
    track.source = same ? track.source : Source::kManual;
  }
}

track::TrackerOutput CorrectedLineage::result(const std::vector<Event>& told) {
  Lineage lineage{.tracks = tracks_, .events = events(told)};
  apply_types(lineage.events);
  mark_tracks(lineage);
  track::TrackerOutput output;
  output.tracks = std::move(lineage.tracks);
  output.events = std::move(lineage.events);
  return output;
}

int64_t CorrectedLineage::tracks_removed() const {
  return std::count_if(automatic_.tracks.begin(), automatic_.tracks.end(),
                       [&](const Track& track) { return !lives_.contains(track.id); });
}

}  // namespace mote::pipeline
