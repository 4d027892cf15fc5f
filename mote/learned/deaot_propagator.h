#pragma once

#include <memory>

#include "mote/core/grid.h"
#include "mote/learned/mask_propagator.h"
#include "mote/nn/deaot.h"
#include "mote/track/deaot_options.h"

namespace mote::learned {

/// DeAOT over the frames of a recording of `field`. What the network sees as black and white is
/// decided once, by the options or the first frame, and holds for the whole recording. Frames that
/// are reduced are so with an antialiasing bicubic filter, where the published program lets noise
/// alias. Masks are resized from a quarter of what the network sees.
///
/// `network` is on the device where it computes. Throws kUsage on options out of range,
/// kResource where memory does not suffice for a frame.
std::unique_ptr<MaskPropagator> make_deaot_propagator(nn::DeAot network,
                                                      const track::DeaotOptions& options,
                                                      Size field);

/// The size in which the network sees a field: its shorter side has `short_side_px` at most, and
/// both are what the network takes.
Size deaot_input_size(Size field, int64_t short_side_px);

}  // namespace mote::learned
