#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mote/core/track_graph.h"

namespace mote::io {

/// Tracks in a table; where they count from 0 there, those of `graph` are higher by `raised_by`.
struct TrackTable {
  TrackGraph graph;
  int32_t raised_by = 0;
};

/// Reads a table with a row a node, as of napari's and btrack's track layers, motile_tracker and
/// trackpy. Columns, in upper or lower case: frame (`t`, `frame`, `time`), `y`, `x`, and either
/// track (`track_id`, `track`, `particle`, `label`, `id`) or node and parent (`id` with
/// `parent_id`); further ones are left.
/// Throws kBadFile, naming line and column, where a cell is none, a track has two nodes in a frame,
/// or a parent is not there.
TrackTable track_table(const std::string& text);

/// The same, where nothing else names the tracks.
TrackGraph track_csv_graph(const std::string& text);

/// Joins tracks by napari's graph: an object in JSON that has the parents of tracks, by track, of
/// which those of `graph` are higher by `raised_by`.
/// Throws kBadFile where it is none, or names tracks that are not there.
void link_by_napari_graph(TrackGraph& graph, std::string_view json, int32_t raised_by = 0);

/// Writes napari's tracks: `ID,T,Y,X` in pixels from the centre of the first one on, then `label`,
/// `radius_px` and the values of the graph; and its parents by track, in JSON.
/// Throws kResource where a file cannot be written.
void write_napari(const TrackGraph& graph, const std::string& csv_path,
                  const std::string& graph_path);

}  // namespace mote::io
