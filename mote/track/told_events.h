#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/track/approach.h"
#include "mote/track/contacts.h"
#include "mote/track/live_track.h"
#include "mote/track/lobe.h"
#include "mote/track/overlap.h"
#include "mote/track/tracker.h"

namespace mote::track {

/// A track in one frame, as it is told.
struct ToldGlimpse {
  int32_t track = 0;
  Glimpse seen;
  bool shared = false;  ///< its region belongs to other tracks too
};

/// A frame of tracks that are told.
struct ToldFrame {
  int64_t index = 0;  ///< counts from 0 without holes
  double time = 0;    ///< as TrackerFrame::time
  Point drift;        ///< by how far the specimen has moved since frame 0
  std::vector<ToldGlimpse> glimpses;
  std::vector<TrackedNeck> necks;
};

/// The events of tracks that are known already, by the rules that the tracker `overlap` has for its
/// own (docs/tracking.md): when two touched and parted, how tracks begin and end. What merges and
/// splits, and in which frame, is what the parents say: such events have the confidence 1.
class ToldEvents {
 public:
  /// `tracks` are all there are, with their lives and parents. Events are made of those in
  /// `wanted`, and of whoever touches, begets or comes of one of them.
  ToldEvents(const OverlapOptions& options, Size field, std::vector<Track> tracks,
             std::set<int32_t> wanted);

  /// Throws kUsage unless frames come in order.
  void push(const ToldFrame& frame);

  /// After the last frame: the events, in no order.
  std::vector<Event> finish();

 private:
  using Seen = std::map<int32_t, const ToldGlimpse*>;

  void watch(int32_t id);
  void see(const ToldFrame& frame);
  void note_return(const LiveTrack& track, const Glimpse& seen);
  void note_necks(const ToldFrame& frame, const Seen& seen);
  double filled_area_ratio(const ToldFrame& frame, const Seen& seen, IdPair tracks) const;
  void note(const ToldFrame& frame, const Seen& seen, IdPair tracks, double ratio,
            const Excess& excess);
  void judge(HeldFrame& frame);
  void end_tracks(int64_t frame);
  void end_by_merge(const Track& parent, const Track& child);
  void close(const EndedContact& ended);
  void add(std::vector<Event> events);
  void add_merge(const Track& child);
  void add_split(const Track& parent, const std::vector<int32_t>& children);
  void add_ends(LiveTrack& track);
  bool any_wanted(std::span<const int32_t> ids) const;
  const Track& track(int32_t id) const { return tracks_.at(id); }

  OverlapOptions options_;
  Size field_;
  std::map<int32_t, Track> tracks_;
  std::map<int32_t, std::vector<int32_t>> children_;  ///< by parent
  std::set<int32_t> wanted_;
  std::map<int32_t, LiveTrack>
      live_;  ///< of those wanted and their kin: what their merges and splits are told by
  std::multimap<int64_t, int32_t> ends_;  ///< tracks by last frame, not yet ended
  Contacts contacts_;
  Approaches approaches_;
  std::map<int32_t, Contact> merged_;   ///< of two parents, by their child
  std::map<int32_t, double> areas_px_;  ///< when last seen
  /// The latest in which the track touched none and nothing cut it.
  std::map<int32_t, std::vector<double>> alone_px_;
  std::deque<HeldFrame> held_;  ///< not yet judged
  std::vector<double> times_;   ///< by frame
  std::vector<Event> events_;
};

}  // namespace mote::track
