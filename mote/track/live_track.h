#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/lineage.h"
#include "mote/track/size_trend.h"

namespace mote::track {

/// A track in one frame, in camera pixels.
struct Glimpse {
  int64_t frame = 0;
  Point centroid;
  Box box;
  double area_px = 0;
  bool cut = false;  ///< by the border of the field or by excluded pixels
};

/// Frames [first, last] in which a track is not there.
struct Gap {
  int64_t first = 0;
  int64_t last = 0;

  bool operator==(const Gap&) const = default;
};

/// A track that has not been handed back.
struct LiveTrack {
  Track track;
  std::vector<Gap> gaps;  ///< in order, between its first and its last frame
  bool born = false;      ///< it began after the first frame and of no parent: that is an event
  bool died = false;      ///< it ended of itself: that is an event
  std::vector<Glimpse> first;  ///< its first glimpses, oldest first
  std::vector<Glimpse> last;   ///< its latest, oldest first
  /// Its first sizes and its latest, of frames in which nothing cut it.
  std::vector<SizeSample> first_sizes;
  std::vector<SizeSample> last_sizes;
  int64_t frames_seen = 0;
};

void glimpse(LiveTrack& track, const Glimpse& glimpse);

/// Ends the track in `last_frame`, in which it is there, and forgets what was seen of it after.
void end_in(LiveTrack& track, int64_t last_frame);

/// Takes back that the track is there in `frame`. Not if that is its only frame: false.
bool unsee(LiveTrack& track, int64_t frame);

/// The last frame before `frame` in which the track is there; there is one.
int64_t last_seen_before(const LiveTrack& track, int64_t frame);

/// Makes `track` be there in the frames from `from` on in which `a` or `b` is.
void unite(LiveTrack& track, const LiveTrack& a, const LiveTrack& b, int64_t from);

/// Whether the track, when last seen, was whole and as large as before: what such a one loses is
/// contrast.
bool is_full_size(const LiveTrack& track);

/// `contrast_lost`, of a track that was last seen with `before_px` and is seen again as `back`;
/// where it has not been when the recording ends, nothing confirms it: a confidence of 0.
Event contrast_loss(const LiveTrack& track, double before_px,
                    const std::optional<SizeSample>& back);

/// `entered`, `nucleated` or `appeared`: it entered if it was first seen within `border_px` of the
/// border, or so near that a frame before it was there by its motion, or cut by excluded pixels; it
/// nucleated if it grew from nothing (is_nucleating). Nothing for a track that was not born.
std::optional<Event> birth_of(const LiveTrack& track, Size field, double border_px);

/// `left`, `dissolved` or `lost`, likewise.
Event death_of(const LiveTrack& track, Size field, double border_px);

}  // namespace mote::track
