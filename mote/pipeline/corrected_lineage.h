#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/pipeline/frame_correction.h"
#include "mote/track/tracker.h"

namespace mote::pipeline {

/// The tracks and events of a run once its frames are corrected. In order: `add` every frame,
/// `settle`, find the events of `wanted`, `result`.
class CorrectedLineage {
 public:
  /// Both are referred to.
  CorrectedLineage(const Lineage& automatic, const EditedFiles& edited);

  void add(const CorrectedFrame& frame);

  /// Settles who lives when, and who comes of whom: what the parents in tracks.csv say where they
  /// were edited, else the parents of the run under the names of now. A parent that cannot be one
  /// is left out with a warning.
  void settle();

  /// Those that have an instance, in order of id.
  const std::vector<Track>& tracks() const { return tracks_; }

  /// Tracks whose instances or parents are not what they were, and those whose children are not.
  const std::set<int32_t>& wanted() const { return wanted_; }

  /// Tracks and events, with their source. Of `told`, the events of `wanted`, those that the run
  /// has too are taken from there, and where nothing was corrected nearby the run alone counts.
  /// Their types are those of events.csv, where they were edited there.
  track::TrackerOutput result(const std::vector<Event>& told);

  const std::vector<std::string>& warnings() const { return warnings_; }
  int64_t tracks_removed() const;

 private:
  struct Life {
    int64_t first_frame = 0;
    int64_t last_frame = 0;
    int32_t origin = 0;  ///< the run's track that its first instance was of, or 0
  };

  void note_change(int32_t track, int64_t frame) { changes_[track].insert(frame); }
  int32_t now(int32_t track, int64_t frame) const;
  std::vector<int32_t> inherited_parents(int32_t track) const;
  std::vector<int32_t> written_parents(int32_t track);
  bool may_beget(int32_t parent, int32_t child);
  bool descends(int32_t track, int32_t from) const;
  void refuse(int32_t parent, int32_t child, const std::string& why);
  void mark_changed_parents();
  bool is_changed_near(const std::vector<int32_t>& tracks, int64_t frame) const;
  std::vector<Event> events(const std::vector<Event>& told) const;
  std::optional<Event> renamed(const Event& event) const;
  std::vector<Event> events_of_run() const;
  void apply_types(std::vector<Event>& events);
  void mark_tracks(Lineage& lineage) const;

  const Lineage& automatic_;
  const EditedFiles& edited_;
  std::map<int32_t, const Track*> of_run_;
  std::map<int32_t, Life> lives_;
  /// By track of the run and frame, what it is now: 0 for nothing. Only where it is not the same.
  std::map<int32_t, std::map<int64_t, int32_t>> now_;
  std::map<int32_t, std::set<int64_t>> doubled_;  ///< frames that gave a track two instances
  std::map<int32_t, std::set<int64_t>> changes_;  ///< frames in which tracks differ, then or now
  std::vector<Track> tracks_;
  std::set<int32_t> wanted_;
  std::vector<std::string> warnings_;
};

}  // namespace mote::pipeline
