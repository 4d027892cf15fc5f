#pragma once

#include <optional>

#include "mote/core/track_graph.h"
#include "mote/io/geff.h"

namespace mote::io {

/// Tracks as a GEFF graph. Node properties: `t` (frame), `y`, `x` (px from the centre of the first
/// pixel on; the axes have the scale to seconds and nanometres), `track`, `lineage` (number of the
/// connected part), `label`, `radius_px`, and the values. Ids of nodes are their places, from 0.
GeffGraph geff_of(const TrackGraph& graph);

/// The tracks of a GEFF graph: its axes of time and of space, the last two of them as y and x;
/// `track` or else its tracklets, `label` or else what its labels are told by.
/// Positions in a unit of length are divided by `pixel_size`.
///
/// Throws kBadFile where a frame is no whole number, kUnsupported where the graph has no such axes,
/// kUsage where a pixel size is needed and none is given.
TrackGraph tracks_of_geff(const GeffGraph& geff, const std::optional<PixelSize>& pixel_size = {});

}  // namespace mote::io
