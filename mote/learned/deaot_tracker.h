#pragma once

#include <memory>

#include "mote/core/grid.h"
#include "mote/nn/deaot.h"
#include "mote/track/deaot_options.h"
#include "mote/track/tracker.h"

namespace mote::learned {

/// Follows particles by their pixels, as Duan et al. do (Elemental Microscopy 2024,
/// 10.69761/HDTA8338) after Cheng et al., "Segment and Track Anything", 2023 (arXiv:2305.06558):
/// the first frame is segmented and becomes the reference; in each next one DeAOT finds the
/// particles again; every `keyframe_gap` frames a frame is segmented too, what no tracked particle
/// covers there is new, and both together become a reference.
///
/// Merges and ends are told by IdTracks. Boundaries are those of whole pixels, resized from a
/// quarter of what the network sees. What the network sees as black and white is decided once, by
/// the options or the first frame, and holds for the whole recording. Frames that are reduced are
/// so with an antialiasing bicubic filter, where the published program lets noise alias.
///
/// `network` is on the device where it computes. Its frames come with images; kUsage where not.
/// Throws kUsage on options out of range.
std::unique_ptr<track::Tracker> make_deaot_tracker(nn::DeAot network,
                                                   const track::DeaotOptions& options, Size field);

/// The size in which the network sees a field: its shorter side has `short_side_px` at most, and
/// both are what the network takes.
Size deaot_input_size(Size field, int64_t short_side_px);

}  // namespace mote::learned
