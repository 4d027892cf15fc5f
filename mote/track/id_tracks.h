#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mote/core/mask.h"
#include "mote/track/held_frames.h"
#include "mote/track/live_track.h"
#include "mote/track/pieces.h"
#include "mote/track/tracker.h"

namespace mote::track {

struct IdTracksOptions {
  /// An object that is not there for so many frames at most goes on; 0 to 4.
  int64_t max_gap_frames = 3;
  /// One that ends has merged with the one that covers so much of where it was last seen.
  double min_merge_share = 0.5;
  double border_px = 3;            ///< as in OverlapOptions
  double confirm = 10;             ///< how long a split must persist, in IdFrame::time
  int64_t lag_frames = 12;         ///< as in OverlapOptions; more than `max_gap_frames`
  double min_piece_share = 0.2;    ///< of an object: less of it, apart, is no piece that splits
  int64_t min_piece_area_px = 20;  ///< likewise
};

/// A frame whose labels are object ids.
struct IdFrame {
  int64_t index = 0;
  double time = 0;  ///< as in TrackerFrame
  const LabelImage& ids;
  Grid<uint8_t> coverage = {};                     ///< as in Segmentation; may be empty
  Point drift = {};                                ///< as in TrackerFrame
  const BinaryImage& excluded = kNothingExcluded;  ///< likewise
  int32_t largest_id;                              ///< ever given to an object
};

/// An object that has split. The largest piece goes on under its id, the others under new ones.
struct PartedObject {
  int32_t id = 0;
  std::vector<std::pair<int32_t, Mask>> pieces;  ///< ids, and where they are in the latest frame
};

/// The tracks of objects that something else follows from frame to frame by their ids, as DeAOT
/// does. Such a follower keeps one id when two particles have become one, and when one has become
/// two.
///
/// Merge: a track ends where its object vanishes for good, and if most of its last mask, moved with
/// the drift, is covered by another object in the frame in which it vanished, the two tracks are
/// the parents of a new one, which the other object goes on as.
///
/// Split: an object that was whole is in the same two or more pieces for `confirm`; or an object is
/// new where a track was, whose area has fallen by what the new one has. Either way the pieces
/// together have the area of the whole (adds_up). The track ends, and each piece begins one.
///
/// These rules are mote's own, and simpler than those of the overlap tracker: they know no necks.
/// An object that comes back later begins a new track.
///
/// Frames are handed back `lag_frames` late, when what merged and split in them is known.
class IdTracks {
 public:
  /// Throws kUsage on options out of range.
  IdTracks(const IdTracksOptions& options, Size field);

  TrackerOutput push(IdFrame frame);

  /// What the latest frame has decided to be split: whoever follows the objects is to go on with
  /// the pieces.
  const std::vector<PartedObject>& parted() const { return parted_; }

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
    std::optional<WholeObject> whole;
    std::optional<Parting> parting;
  };

  /// A frame that waits to be handed back. Its regions are pieces, numbered as in a Parting.
  struct Held {
    HeldFrame frame;
    Point drift;
    std::vector<Neck> necks;       // of regions, which count from 1
    std::vector<Point> centroids;  // of regions
  };

  /// What was new in a frame where a track had been, and since when.
  struct FoundPieces {
    size_t before = 0;  // of held_: the last frame in which the track covered them
    std::vector<int32_t> objects;
  };

  template <typename Archive>
  friend void archive(Archive& archive, Object& object);
  template <typename Archive>
  friend void archive(Archive& archive, Held& held);

  LiveTrack begin_track(int64_t frame);
  LiveTrack begin_child(int64_t frame, int32_t parent);
  std::vector<int32_t> see(IdFrame& frame);
  std::vector<Piece> pieces_among(const std::vector<size_t>& regions, double area_px,
                                  const std::optional<WholeObject>& whole) const;
  void take_regions(Object& object, const std::vector<size_t>& regions);
  void look_for_cover(int64_t frame, const LabelImage& ids, Point drift);
  int32_t survivor_of(const Object& object) const;
  void settle(int64_t longest_gap);
  void merge(const std::set<int32_t>& vanished, int32_t survivor, int64_t date);
  void die(int32_t object);
  void hand_back(const LiveTrack& track);
  static std::vector<TrackedNeck> necks_in(const Held& held);
  void hand_back_frames(int64_t until);

  // id_splits.cpp
  void split_what_parted(int32_t largest_id);
  void part(int32_t id, int32_t largest_id);
  void split_what_left_pieces(const std::vector<int32_t>& added);
  std::optional<std::pair<size_t, int32_t>> where_from(int32_t added) const;
  void leave(int32_t id, const FoundPieces& found);

  IdTracksOptions options_;
  Size field_;
  int64_t now_ = -1;  // the frame last taken
  int32_t last_track_id_ = 0;
  int32_t last_piece_ = 0;
  std::map<int32_t, Object> objects_;  // by id
  std::deque<Held> held_;
  std::vector<PartedObject> parted_;
  TrackerOutput output_;
};

}  // namespace mote::track
