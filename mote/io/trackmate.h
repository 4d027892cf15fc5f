#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "mote/core/mask.h"
#include "mote/core/track_graph.h"

namespace mote::io {

/// Writes a TrackMate session: every node is a spot, every edge a link, so that splits and merges
/// stay what they are; what TrackMate calls a track is all that hangs together. Track and label of
/// a node are its features MOTE_TRACK and MOTE_LABEL. Positions are in `nm` from the centre of the
/// first pixel on, in `pixel` where no pixel size is known.
///
/// Tinevez et al., "TrackMate: An open and extensible platform for single-particle tracking",
/// Methods 115 (2017), doi:10.1016/j.ymeth.2016.09.016; file format of version 7.
/// `graph` is in order, as of put_in_order. Where `masks` is given it is asked for the masks of
/// every frame with nodes, in order, by label: a spot has the largest outline of its mask as its
/// polygon, along the edges of pixels. Throws kResource where the file cannot be written.
using MasksOfFrame = std::function<std::map<int32_t, Mask>(int64_t frame)>;
void write_trackmate(const TrackGraph& graph, const std::string& path,
                     const MasksOfFrame& masks = {});

/// The spots and links of a TrackMate session; spots and tracks that its filters hide are left out.
/// Tracks and labels are those that mote wrote, else 0; masks are spots' polygons, where they have
/// them.
/// Throws kBadFile where the text is no such file, or a link names a spot that is not there.
TrackGraph trackmate_graph(std::string_view text);

}  // namespace mote::io
