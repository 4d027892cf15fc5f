#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/mask.h"
#include "mote/core/segmentation.h"
#include "mote/track/live_track.h"
#include "mote/track/tracker.h"

namespace mote::track {

/// A lobe in a frame, and the track that it counts as there.
struct HeldLobe {
  int32_t lobe = 0;  ///< its id; in IdTracks the number of a Piece
  int32_t track = 0;

  bool operator==(const HeldLobe&) const = default;
};

/// A region of a frame that waits to be handed back.
struct HeldRegion {
  int32_t cluster = 0;
  Mask mask;
  double area_px = 0;           ///< as in Region
  bool cut = false;             ///< as in Glimpse
  std::vector<HeldLobe> lobes;  ///< one or more
};

/// A frame that waits to be handed back: which regions make one instance may still change.
struct HeldFrame {
  int64_t index = 0;
  double time = 0;
  std::vector<uint8_t> coverage;  ///< packed, empty where not known
  std::vector<HeldRegion> regions;
  std::vector<std::pair<int32_t, int32_t>> touching;  ///< tracks in contact
  std::vector<std::pair<int32_t, int32_t>> joined;    ///< of these, whose regions make one instance
  std::map<std::string, double> values;               ///< as in TrackedFrame
  std::vector<TrackedNeck> necks;
};

/// A grid as (value, length of run) pairs: few where most of it is 0 or 255.
std::vector<uint8_t> packed(const Grid<uint8_t>& grid);
/// Throws kBadFile unless `bytes` holds exactly a grid of `size`.
Grid<uint8_t> unpacked(const std::vector<uint8_t>& bytes, Size size);

/// What is handed back: regions of one track, or of joined tracks, become one instance.
TrackedFrame handed_back(const HeldFrame& frame, Size field);

/// What a frame shows of a track, in all regions that it has a part in.
std::optional<Glimpse> glimpse_of(const HeldFrame& frame, int32_t track);

/// Takes out the regions that are of `track` alone, with what they cover. False where there are
/// none.
bool take_out(HeldFrame& frame, int32_t track, Size field);

/// Everything that counts as `from` counts as `to`.
void rename_track(HeldFrame& frame, int32_t from, int32_t to);
/// What `from` has with `other` is what `to` has with it.
void rename_contact(HeldFrame& frame, int32_t from, int32_t other, int32_t to);

/// Tracks share a region only in contact. Where others do so, for a frame or two, it is the region
/// of the one that fits best: takes the others out of it, where `allowed`, which is asked for those
/// that have no region left in the frame.
void part_strangers(HeldFrame& frame, const std::function<bool(int32_t track)>& allowed);

}  // namespace mote::track
