#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/segmentation.h"
#include "mote/track/linking.h"
#include "mote/track/lobe.h"

namespace mote::track {

/// What is left in a frame of lobes that have lost their contrast. Lobes and regions are named by
/// index.
///
/// A crystal that tilts out of Bragg contrast keeps the phase contrast of its rim: pieces of a ring
/// around nothing. A particle that shrinks keeps its middle. So a lobe has faded where, all of a
/// sudden, no region covers the middle of the mask that it had when it was last seen whole.
struct Remnants {
  /// A lobe that was there until now, and the lobes that began since it was whole and are pieces of
  /// its rim.
  struct Faded {
    int32_t lobe = 0;
    std::vector<int32_t> pieces;
  };
  std::vector<Faded> faded;
  std::vector<int32_t> regions;  ///< what is left of these and of lobes awaited; ascending
};

/// `links` are those of `frame`. Regions of lobes that were there before are no remnants, and no
/// lobe fades of which nothing is left: that may be gone.
Remnants remnants(const std::vector<Lobe>& lobes, int64_t frame, Point drift,
                  const Segmentation& segmentation, const Links& links);

/// Whether `owners`, the lobes that lie in `region`, are pieces of its rim and nothing of its
/// middle: then the region has been out of contrast until `frame`.
bool has_come_back(const Region& region, const std::vector<const Lobe*>& owners, int64_t frame,
                   Point drift);

/// The segmentation without `regions`, which are given by index, ascending.
Segmentation without(const Segmentation& segmentation, const std::vector<int32_t>& regions);

}  // namespace mote::track
