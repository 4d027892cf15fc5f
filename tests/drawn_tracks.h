#pragma once

#include "mote/core/track_graph.h"

namespace mote::drawn {

/// Tracks 1 and 2 share an instance in frame 2 and merge into 4 in frame 3; track 3 is away in
/// frame 1, and splits into 5 and 6 in frame 4. Of 5 frames, of 20 x 30 pixels.
inline TrackGraph tracks() {
  const auto node = [](int64_t frame, int32_t track, double y, double x) {
    return TrackNode{.frame = frame,
                     .position = {.y_px = y, .x_px = x},
                     .track = track,
                     .label = track,
                     .radius_px = 1.5};
  };
  TrackGraph graph{
      .frames = 5,
      .size = {.height = 20, .width = 30},
      .nodes = {node(0, 1, 4, 4), node(0, 2, 4, 14), node(0, 3, 14, 4.25), node(1, 1, 4, 6),
                node(1, 2, 4, 12), node(2, 1, 4, 9), node(2, 2, 4, 9), node(2, 3, 14, 6),
                node(3, 3, 14, 8), node(3, 4, 4, 9.5), node(4, 4, 4, 9.5), node(4, 5, 12, 8),
                node(4, 6, 16, 8)}};
  graph.nodes[6].label = 1;  // its pixels are those of track 1
  link_tracks(graph,
              {{.id = 4, .parents = {1, 2}}, {.id = 5, .parents = {3}}, {.id = 6, .parents = {3}}});
  return graph;
}

}  // namespace mote::drawn
