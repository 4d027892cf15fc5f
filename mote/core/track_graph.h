#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mote/core/calibration.h"
#include "mote/core/grid.h"
#include "mote/core/lineage.h"
#include "mote/core/mask.h"

namespace mote {

/// One track in one frame. Tracks that share an instance have a node each, in the same place.
struct TrackNode {
  int64_t frame = 0;
  Point position;                   ///< px, pixel centres on integers
  int32_t track = 0;                ///< from 1 on; 0: not known yet
  int32_t label = 0;                ///< of its pixels in the frame's label image; 0: not known
  std::optional<double> radius_px;  ///< of the circle of its area
  std::vector<double> values;       ///< by TrackGraph::value_names; NaN where there is none
  Mask mask;                        ///< empty where the file has none

  bool operator==(const TrackNode&) const = default;
};

/// Tracks as other programs exchange them: nodes, and edges that lead forward in time. An edge
/// stays within a track, or leads from a parent to its child.
struct TrackGraph {
  std::string recording;  ///< path of images that positions are of; empty where not known
  int64_t frames = 0;
  Size size;                    ///< of a frame; 0 x 0 where not known
  std::vector<double> times_s;  ///< by frame; empty where not known
  std::optional<PixelSize> pixel_size;
  std::optional<FrameInterval> frame_interval;
  std::vector<std::string> value_names;
  std::vector<TrackNode> nodes;                  ///< in order of (frame, track)
  std::vector<std::pair<size_t, size_t>> edges;  ///< places in `nodes`, from earlier to later
};

/// Adds the edges that `tracks` mean: from each node of a track to its next, and from the last node
/// of a parent to the first of its child. Tracks without nodes have no edges, nor have nodes
/// without a track.
void link_tracks(TrackGraph& graph, const std::vector<Track>& tracks);

/// The tracks of a graph, in order of id, with parents by the edges between them.
/// Throws kBadFile where a node has no track, an edge leads back in time, or a parent goes on after
/// its child began.
std::vector<Track> tracks_of(const TrackGraph& graph);

/// Gives every node its track by the edges: a track goes on where a node has a single edge out, to
/// a node with a single edge in, and ends where edges part or join. It keeps the number that most
/// of its nodes have; a number is kept once, by the track with most of its nodes. New numbers
/// follow on the highest there is, in order of first frames. Throws kBadFile where an edge leads
/// back in time, or no number is left.
void number_tracks(TrackGraph& graph);

/// The connected part that each node lies in: numbers from 0 on, in order of their first nodes.
std::vector<size_t> connected_parts(const TrackGraph& graph);

/// Brings nodes into order of (frame, track, label), and edges with them into order of their
/// places; doubled edges go.
void put_in_order(TrackGraph& graph);

}  // namespace mote
