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
  int64_t max_gap_frames = 3;  ///< an object that is not there for so many at most goes on
  /// One that ends has merged with the one that covers so much of where it was last seen.
  double min_merge_share = 0.5;
  double border_px = 3;            ///< as in OverlapOptions
  double confirm = 10;             ///< as in OverlapOptions, of splits alone
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
  int32_t largest_id = 0;                          ///< ever given to an object
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
/// Split: an object that was whole is in the same two or more pieces for `confirm`, or for
/// `lag_frames` if that is sooner; or an object is new where a track was, whose area has fallen by
/// what the new one has. Either way the pieces together have the area of the whole (adds_up). The
/// track ends, and each piece begins one. Excluded pixels are no split: pieces that they cut tell
/// of none, nor does a track that has lost area while they, or the border, cut it.
///
/// What happens to an object is decided in the order in which it happened: a split waits for
/// merges of before, a merge for a split that is not confirmed yet, and is one with a piece then.
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
    Mask mask;    // when last seen
    Point drift;  // likewise
    std::optional<WholeObject> whole;
    std::optional<Parting> parting;
  };

  /// A frame that waits to be handed back. Each region has one lobe, whose number is a Piece's.
  struct Held {
    HeldFrame frame;
    Point drift;
    std::vector<Neck> necks;       // of regions, which count from 1
    std::vector<Point> centroids;  // of regions
  };

  /// An object, and how much it covers of a mask, as a share.
  struct Cover {
    int32_t object = 0;
    double share = 0;
  };

  /// Objects that are new in the latest frame, all in the place of one that was there before.
  struct FoundPieces {
    size_t before = 0;  // of held_: a frame in which it had all of that place
    std::vector<int32_t> objects;
  };

  template <typename Archive>
  friend void archive(Archive& archive, Object& object);
  template <typename Archive>
  friend void archive(Archive& archive, Held& held);

  LiveTrack begin_track(int64_t frame);
  LiveTrack begin_child(int64_t frame, int32_t parent);
  void see_held(LiveTrack& live) const;
  std::map<int32_t, std::vector<Piece>> hold(IdFrame frame);
  std::vector<int32_t> see(IdFrame frame);
  void take_regions(Object& object, const std::vector<Piece>& regions);
  const Held& held_in(int64_t frame) const;
  std::optional<int32_t> object_of(int32_t track) const;
  static std::pair<int32_t, double> cover_in(const Held& held, const Mask& mask, Point drift);
  std::optional<Cover> cover_of(const Object& vanished) const;
  std::optional<Cover> survivor_of(const Object& vanished) const;
  bool takes_in(int32_t object, int64_t until) const;
  bool is_parting(const Object& object) const;
  bool waits_for_split(const Object& vanished) const;
  void settle(int64_t longest_gap);
  void merge(const std::map<int32_t, double>& vanished, int32_t survivor, int64_t date);
  void die(int32_t object);
  void hand_back(const LiveTrack& track);
  static std::vector<TrackedNeck> necks_in(const Held& held);
  void hand_back_frames(int64_t until);

  // id_splits.cpp
  void split_what_parted(int32_t largest_id);
  void part(int32_t id, int32_t largest_id);
  Object piece_of(const Parting& parting, const Piece& piece, int32_t parent);
  void split_what_left_pieces(const std::vector<int32_t>& added);
  std::optional<std::pair<size_t, int32_t>> where_from(int32_t added) const;
  std::vector<int32_t> large_pieces(const std::vector<int32_t>& objects, double whole_px) const;
  void leave(int32_t id, const FoundPieces& found);
  std::vector<int32_t> branch(int32_t id, const std::vector<int32_t>& pieces);

  IdTracksOptions options_;
  Size field_;
  int64_t now_ = -1;  // the frame last taken
  int32_t last_track_id_ = 0;
  std::map<int32_t, Object> objects_;  // by id
  std::deque<Held> held_;              // in order of frame, without holes
  std::vector<PartedObject> parted_;
  TrackerOutput output_;
};

}  // namespace mote::track
