#pragma once

#include <memory>

#include "mote/core/grid.h"
#include "mote/learned/mask_propagator.h"
#include "mote/segment/threshold.h"
#include "mote/track/deaot_options.h"
#include "mote/track/tracker.h"

namespace mote::learned {

/// Follows particles by their pixels, as Duan et al. do (Elemental Microscopy 2024,
/// 10.69761/HDTA8338) after Cheng et al., "Segment and Track Anything", 2023 (arXiv:2305.06558):
/// the first frame is segmented and becomes the reference; in each next one the propagator finds
/// the particles again; every `keyframe_gap` frames a frame is segmented too, what no tracked
/// particle covers there is new, and both together become a reference.
///
/// What is handed back of the masks has passed the steps of a network's masks (holes, least size,
/// the boundary at the half level of the image) as `found` has them; what is propagated has not.
/// Merges, splits and ends are told by IdTracks; where a particle splits, the memory of the
/// propagator begins anew.
///
/// Frames come with images; kUsage where not. Throws kUsage on options out of range.
std::unique_ptr<track::Tracker> make_deaot_tracker(std::unique_ptr<MaskPropagator> propagator,
                                                   const track::DeaotOptions& options,
                                                   const segment::ThresholdOptions& found,
                                                   Size field);

}  // namespace mote::learned
