#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/mask.h"
#include "mote/core/segmentation.h"
#include "mote/track/lobe.h"

namespace mote::track {

inline constexpr double kFarthestPx = 20;
inline constexpr double kNeighbourShare = 0.5;

/// Which regions of a frame belong to which lobes. Lobes and regions are named by index.
struct Links {
  std::vector<int32_t> region_of;              ///< by lobe; -1: it is not in this frame
  std::vector<std::vector<int32_t>> lobes_of;  ///< by region; the lobe that fits best comes first
  /// By region: the track whose lobes covered most of it in the frame before, else 0.
  std::vector<int32_t> covered_by;
  std::vector<double> reach_px;  ///< by lobe; how far it was sought where no region overlaps it
};

/// The masks of the regions, in order of label.
/// Throws kUsage where labels and regions do not agree.
std::vector<Mask> region_masks(const Segmentation& segmentation);

/// Links lobes, each moved to its predicted position, to the regions of `frame`.
///
/// A lobe that no region overlaps is sought within `max_distance_px`; where that is 0 within
/// kFarthestPx, but no farther than kNeighbourShare of the way to the nearest lobe of another
/// track: beyond, the region that is found may as well be a stranger's.
///
/// One to one first, so that overlap, distance and likeness in size are best in sum; a lobe that is
/// left over, but whose mask lies in a region, then shares that region.
Links link(const std::vector<Lobe>& lobes, int64_t frame, Point drift,
           const Segmentation& segmentation, double max_distance_px);

}  // namespace mote::track
