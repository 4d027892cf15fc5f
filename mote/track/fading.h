#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/segmentation.h"
#include "mote/track/linking.h"
#include "mote/track/lobe.h"

namespace mote::track {

/// What is left in a frame of lobes that have lost their contrast.
///
/// A crystal that tilts out of Bragg contrast keeps the phase contrast of its rim: pieces of a ring
/// around nothing. A particle that shrinks keeps its middle. So a lobe has faded where, all of a
/// sudden, no region covers the middle of the mask that it had when it was last seen whole.
struct Remnants {
  std::vector<int32_t> faded;  ///< lobes by index, that were there until now
  std::vector<int32_t>
      regions;  ///< by index, ascending: what is left of these and of lobes awaited
};

/// `links` are those of `frame`; only regions that no other lobe has are taken for remnants, and no
/// lobe fades of which nothing is left: that may be gone.
Remnants remnants(const std::vector<Lobe>& lobes, int64_t frame, Point drift,
                  const Segmentation& segmentation, const Links& links);

/// The segmentation without `regions`, which are given by index, ascending.
Segmentation without(const Segmentation& segmentation, const std::vector<int32_t>& regions);

}  // namespace mote::track
