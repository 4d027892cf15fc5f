#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/lineage.h"

namespace mote::track {

/// A track in one frame, in camera pixels.
struct Glimpse {
  int64_t frame = 0;
  Point centroid;
  Box box;
  double area_px = 0;
};

/// A track that has not ended.
struct LiveTrack {
  Track track;
  bool born = false;  ///< it began after the first frame and of no parent: that is an event
  std::vector<Glimpse> first;  ///< its first glimpses, oldest first
  std::vector<Glimpse> last;   ///< its latest, oldest first
  int64_t frames_seen = 0;
};

void glimpse(LiveTrack& track, const Glimpse& glimpse);

/// `entered` or `appeared`: it entered if it was first seen within `border_px` of the border, or so
/// near that a frame before it was there by its motion. Nothing for a track that was not born.
std::optional<Event> birth_of(const LiveTrack& track, Size field, double border_px);

/// `left` or `lost`, likewise.
Event death_of(const LiveTrack& track, Size field, double border_px);

}  // namespace mote::track
