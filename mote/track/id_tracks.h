#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mote/core/mask.h"
#include "mote/track/live_track.h"
#include "mote/track/tracker.h"

namespace mote::track {

struct IdTracksOptions {
  /// An object that is not there for so many frames at most goes on; 0 to 4.
  int64_t max_gap_frames = 3;
  /// One that ends has merged with the one that covers so much of where it was last seen.
  double min_merge_share = 0.5;
  double border_px = 3;  ///< as in OverlapOptions
};

/// A frame whose labels are object ids.
struct IdFrame {
  int64_t index = 0;
  const LabelImage& ids;
  Grid<uint8_t> coverage = {};                     ///< as in Segmentation; may be empty
  Point drift = {};                                ///< as in TrackerFrame
  const BinaryImage& excluded = kNothingExcluded;  ///< likewise
};

/// The tracks of objects that something else follows from frame to frame by their ids, as DeAOT
/// does. Such a follower keeps one id when two particles have become one; here that is a merge: a
/// track ends where its object vanishes for good, and if most of its last mask, moved with the
/// drift, is covered by another object in the frame in which it vanished, the two tracks are the
/// parents of a new one, which the other object goes on as. This rule is mote's own, and simpler
/// than the contacts of the overlap tracker: it knows no necks. An object that comes back later
/// begins a new track.
///
/// Frames are handed back at once, merges after `max_gap_frames` by reassignments.
class IdTracks {
 public:
  /// Throws kUsage on options out of range.
  IdTracks(const IdTracksOptions& options, Size field);

  TrackerOutput push(IdFrame frame);

  TrackerOutput finish();

  std::string save_state() const;
  /// Throws kBadFile on a state that `save_state` did not write.
  void load_state(std::string_view state);

 private:
  struct Object {
    LiveTrack live;
    Mask mask;               // when last seen
    Point drift;             // likewise
    int32_t covered_by = 0;  // the object that covers it where it vanished; 0: none
    double share = 0;        // of it that is covered
  };

  template <typename Archive>
  friend void archive(Archive& archive, Object& object);

  LiveTrack begin_track(int64_t frame);
  void see(int64_t frame, const Segmentation& segmentation, const std::map<int32_t, Mask>& masks,
           Point drift);
  void look_for_cover(int64_t frame, const LabelImage& ids, Point drift);
  int32_t survivor_of(const Object& object) const;
  void settle(int64_t longest_gap);
  void merge(const std::set<int32_t>& vanished, int32_t survivor, int64_t date);
  void die(int32_t object);
  void hand_back(const LiveTrack& track);

  IdTracksOptions options_;
  Size field_;
  int64_t now_ = -1;  // the frame last taken
  int32_t last_track_id_ = 0;
  std::map<int32_t, Object> objects_;  // by id
  TrackerOutput output_;
};

}  // namespace mote::track
