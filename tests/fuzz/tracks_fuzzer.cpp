// The bytes are tracks, in the format that the first of them names (see `read`). What was read is
// checked, numbered and put in order, as an import does.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mote/core/error.h"
#include "mote/core/track_graph.h"
#include "mote/io/csv.h"
#include "mote/io/ctc.h"
#include "mote/io/ctc_lineage.h"
#include "mote/io/geff_tracks.h"
#include "mote/io/motchallenge.h"
#include "mote/io/track_csv.h"
#include "mote/io/trackmate.h"
#include "tests/fuzz/hierarchy.h"
#include "tests/io/zarr_memory.h"

namespace {

using mote::Error;
using mote::TrackGraph;
using mote::TrackNode;

void require(bool holds) {
  if (!holds) {
    __builtin_trap();
  }
}

// What every program that gets a graph relies on.
void check_sound(const TrackGraph& graph) {
  constexpr int64_t kMost = int64_t{1} << 31;
  require(graph.frames >= 0 && graph.frames < kMost);
  require(graph.size.height >= 0 && graph.size.width >= 0);
  require(graph.size.height < kMost && graph.size.width < kMost);
  for (const TrackNode& node : graph.nodes) {
    require(node.frame >= 0 && node.frame < graph.frames && node.track >= 0 && node.label >= 0);
    require(std::isfinite(node.position.y_px) && std::isfinite(node.position.x_px));
    require(std::isfinite(node.radius_px.value_or(0)));
  }
  for (const auto& [source, target] : graph.edges) {
    require(source < graph.nodes.size() && target < graph.nodes.size());
  }
  require(!graph.pixel_size || (graph.pixel_size->y_nm > 0 && graph.pixel_size->x_nm > 0));
  require(!graph.frame_interval || graph.frame_interval->seconds > 0);
  require(connected_parts(graph).size() == graph.nodes.size());
}

void follow(TrackGraph graph) {
  check_sound(graph);
  try {
    tracks_of(graph);
  } catch (const Error&) {
    // Numbers and edges may contradict each other in a file.
  }
  number_tracks(graph);
  put_in_order(graph);
  const auto tracks = tracks_of(graph);
  mote::io::ctc_text(mote::io::ctc_lineage(graph));
  number_tracks(graph);
  require(tracks_of(graph) == tracks);
}

// A node in the first and last frame of every line of CTC's.
TrackGraph graph_of(const std::vector<mote::Track>& lines) {
  TrackGraph graph;
  for (const mote::Track& line : lines) {
    const int64_t between = std::max<int64_t>(1, line.last_frame - line.first_frame);
    for (int64_t frame = line.first_frame; frame <= line.last_frame; frame += between) {
      graph.nodes.push_back({.frame = frame, .track = line.id, .label = line.id});
    }
    graph.frames = std::max(graph.frames, line.last_frame + 1);
  }
  put_in_order(graph);
  return graph;
}

void read_ctc(std::string_view lines, std::string_view sidecar) {
  const std::vector<mote::Track> tracks = mote::io::ctc_tracks(lines);
  TrackGraph graph = graph_of(tracks);
  apply_ctc_lineage(graph, mote::io::ctc_lineage_of(tracks, sidecar));
  follow(std::move(graph));
}

void read_napari(std::string_view table, std::string_view parents) {
  auto [graph, raised_by] = mote::io::track_table(std::string(table));
  mote::io::link_by_napari_graph(graph, parents, raised_by);
  follow(std::move(graph));
}

void read_numbers(std::string_view text) {
  for (const auto& row : mote::io::csv_numbers(std::string(text), {"frame", "y"})) {
    require(row.size() == 2 && std::isfinite(row[0]) && std::isfinite(row[1]));
  }
}

void read(char format, std::string_view text) {
  // Of two files the second begins after a zero.
  const size_t zero = std::min(text.find('\0'), text.size());
  const std::string_view first = text.substr(0, zero);
  const std::string_view second = text.substr(std::min(zero + 1, text.size()));
  if (format == 'x') {
    follow(mote::io::trackmate_graph(text));
  } else if (format == 't') {
    follow(mote::io::track_csv_graph(std::string(text)));
  } else if (format == 'n') {
    read_napari(first, second);
  } else if (format == 'c') {
    read_ctc(first, second);
  } else if (format == 'g') {
    const mote::io::drawn::ZarrMemory store(mote::fuzz::files_in(text));
    follow(mote::io::tracks_of_geff(mote::io::read_geff(store),
                                    mote::PixelSize{.y_nm = 0.5, .x_nm = 0.5}));
  } else if (format == 'm') {
    mote::io::mot_boxes(text);
  } else if (format == 'v') {
    read_numbers(text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    read(bytes.front(), bytes.substr(1));
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
