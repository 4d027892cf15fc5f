#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "mote/core/grid.h"
#include "mote/track/lobe.h"

namespace mote::track {

/// When the gap between two tracks closed, and where.
struct Closing {
  int64_t frame = 0;  ///< the first in which it is closed
  Point position;     ///< in camera pixels of that frame

  bool operator==(const Closing&) const = default;
};

/// How near two tracks have been of late.
struct Approach {
  struct Sample {
    int64_t frame = 0;
    double excess_px = 0;    ///< of the gap over what counts as closed
    double limit_px = 0;     ///< what counts as closed
    double distance_px = 0;  ///< of the centres
    Point position;
  };
  std::deque<Sample> samples;      ///< the latest since the gap was all but closed, oldest first
  std::deque<Sample> around;       ///< those before the closing and after it, oldest first
  std::optional<Closing> closing;  ///< of the gap that has been closed since
  bool is_settled = false;         ///< `closing` is not moved any more
};

/// All pairs of tracks that are near to one another, and since when they have held together.
///
/// Two particles touch many frames before the neck between them is wide enough to be seen, and what
/// touches sticks. So a contact that leads to a neck began when the gap closed for good: the gap
/// between the discs of equal area, in the median over three frames. It counts as closed up to
/// `closed_gap_px`, and as open again 1.5 px above that; where it falls to half of it in the
/// frame after, it closed then: a pair that comes near slowly is not early.
///
/// That finds the date roughly, for outlines are noisy, and rims are lost in blur. Centres are
/// known better, and what sticks keeps their distance. So the contact began with the first frame
/// since which the distance has been, but for single frames, what it is after the closing: no more
/// than 2.5 px above the median of up to nine frames from the closing on, or of the four before
/// the neck where no closing was seen. Where two go on coming nearer by more than 1 px a frame,
/// distances do not tell: the gap does.
class Approaches {
 public:
  /// Notes those of `lobes` that have a region of their own in `frame`; forgets tracks of which
  /// none is left.
  void note(const std::vector<Lobe>& lobes, int64_t frame, Point drift);

  /// Since when two tracks have held together that have a neck in `neck_frame`; no later than that.
  /// Nothing where the gap is open, or nothing is known of the pair.
  std::optional<Closing> contact(std::pair<int32_t, int32_t> tracks, int64_t neck_frame) const;

  /// A pair that has parted: what closes next is another contact.
  void forget(std::pair<int32_t, int32_t> tracks) { pairs_.erase(tracks); }

  std::map<std::pair<int32_t, int32_t>, Approach>& pairs() { return pairs_; }

 private:
  std::map<std::pair<int32_t, int32_t>, Approach> pairs_;  ///< by tracks, the lower id first
};

}  // namespace mote::track
