#include "mote/io/track_csv.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/core/lower.h"
#include "mote/core/number_text.h"
#include "mote/io/csv.h"
#include "mote/io/frame_number.h"
#include "mote/io/json_fault.h"
#include "mote/io/json_number.h"
#include "mote/io/output_file.h"

namespace mote::io {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);

// The place of the first of `names` among the columns.
size_t place_of(const std::vector<std::string>& columns, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    for (size_t i = 0; i < columns.size(); ++i) {
      if (lower(columns[i]) == name) {
        return i;
      }
    }
  }
  return kNone;
}

struct Columns {
  size_t frame = kNone;
  size_t y = kNone;
  size_t x = kNone;
  size_t track = kNone;
  size_t label = kNone;
  size_t id = kNone;  // of nodes, with `parent`
  size_t parent = kNone;
};

Columns columns_of(const std::string& header) {
  const std::vector<std::string> names = csv_names(header);
  Columns columns{.frame = place_of(names, {"t", "frame", "time"}),
                  .y = place_of(names, {"y"}),
                  .x = place_of(names, {"x"}),
                  .track = place_of(names, {"track_id", "track", "particle"}),
                  .parent = place_of(names, {"parent_id"})};
  const size_t id = place_of(names, {"id"});
  const size_t label = place_of(names, {"label"});
  if (columns.parent != kNone) {
    columns.id = id;
  } else if (columns.track == kNone) {
    columns.track = id;
  }
  if (columns.track == kNone && columns.id == kNone) {
    columns.track = label;
  } else {
    columns.label = label;
  }
  const bool nodes = columns.id != kNone && columns.parent != kNone;
  if (columns.frame == kNone || columns.y == kNone || columns.x == kNone ||
      (columns.track == kNone && !nodes)) {
    throw Error(ErrorKind::kBadFile,
                "its columns are '{}', expected t, y, x and track_id (or id and parent_id)",
                header.substr(0, 80));
  }
  return columns;
}

// The cells of a line.
class Row {
 public:
  Row(const std::string& line, int64_t number) : cells_(csv_row(line)), number_(number) {}

  double number(size_t place, const char* column) const {
    const std::string cell = text(place);
    const std::optional<double> value = number_from<double>(cell);
    if (!value || !std::isfinite(*value)) {
      refuse(cell, column, "a number");
    }
    return *value;
  }

  /// Whole numbers, from 0 on; they may be written as 3.0.
  int64_t whole(size_t place, const char* column, int64_t most) const {
    const double value = number(place, column);
    if (value < 0 || value > static_cast<double>(most) || value != std::floor(value)) {
      refuse(text(place), column, fmt::format("a whole number from 0 to {}", most));
    }
    return static_cast<int64_t>(value);
  }

  std::string text(size_t place) const { return place < cells_.size() ? cells_[place] : ""; }

 private:
  [[noreturn]] void refuse(const std::string& cell, const char* column,
                           const std::string& what) const {
    throw Error(ErrorKind::kBadFile, "line {}: {} is '{}', expected {}", number_, column, cell,
                what);
  }

  std::vector<std::string> cells_;
  int64_t number_;
};

constexpr int64_t kMostTracks = std::numeric_limits<int32_t>::max();
constexpr int64_t kMostIds = int64_t{1} << 53;

// Nodes of a table, with the ids that its rows give them and their parents.
struct Table {
  TrackGraph graph;
  std::map<int64_t, size_t> place;
  std::vector<std::pair<int64_t, size_t>> parents;  // id, and the child's place
  bool by_parents = false;
};

void add_row(const Row& row, const Columns& columns, Table& table) {
  const size_t place = table.graph.nodes.size();
  TrackNode node{
      .frame = row.whole(columns.frame, "the frame", kMostFrames - 1),
      .position = {.y_px = row.number(columns.y, "y"), .x_px = row.number(columns.x, "x")}};
  if (columns.track != kNone) {
    node.track = static_cast<int32_t>(row.whole(columns.track, "the track", kMostTracks - 1));
  }
  if (columns.label != kNone && !row.text(columns.label).empty()) {
    node.label = static_cast<int32_t>(row.whole(columns.label, "label", kMostTracks));
  }
  if (table.by_parents) {
    const int64_t id = row.whole(columns.id, "id", kMostIds);
    if (!table.place.emplace(id, place).second) {
      throw Error(ErrorKind::kBadFile, "the node {} has two rows", id);
    }
    const std::string parent = row.text(columns.parent);
    if (!parent.empty() && parent != "-1") {
      table.parents.emplace_back(row.whole(columns.parent, "parent_id", kMostIds), place);
    }
  }
  table.graph.frames = std::max(table.graph.frames, node.frame + 1);
  table.graph.nodes.push_back(std::move(node));
}

// Says by how much.
int32_t raise_from_zero(TrackGraph& graph) {
  const bool zero = std::any_of(graph.nodes.begin(), graph.nodes.end(),
                                [](const TrackNode& node) { return node.track == 0; });
  for (TrackNode& node : graph.nodes) {
    node.track += zero ? 1 : 0;
  }
  return zero ? 1 : 0;
}

void require_one_a_frame(const TrackGraph& graph) {
  for (size_t i = 1; i < graph.nodes.size(); ++i) {
    const TrackNode& a = graph.nodes[i - 1];
    const TrackNode& b = graph.nodes[i];
    if (a.frame == b.frame && a.track == b.track) {
      throw Error(ErrorKind::kBadFile,
                  "track {} has two rows in frame {}, expected one: is its column one of tracks?",
                  a.track, a.frame);
    }
  }
}

TrackGraph linked_by_parents(Table table) {
  for (const auto& [parent, child] : table.parents) {
    const auto found = table.place.find(parent);
    if (found == table.place.end()) {
      throw Error(ErrorKind::kBadFile, "the parent {} is no node of the table", parent);
    }
    table.graph.edges.emplace_back(found->second, child);
  }
  put_in_order(table.graph);
  return std::move(table.graph);
}

// A track of the graph, by its number there.
int32_t track_in(int64_t number, int32_t raised_by) {
  if (number < 0 || number >= kMostTracks) {
    throw Error(ErrorKind::kBadFile, "the graph names a track {}", number);
  }
  return static_cast<int32_t>(number) + raised_by;
}

int64_t number_of_key(const std::string& key) {
  const std::optional<int64_t> number = number_from<int64_t>(key);
  if (!number) {
    throw Error(ErrorKind::kBadFile, "the graph names a track '{}', expected a number", key);
  }
  return *number;
}

constexpr const char* kNoGraph = "is no graph of napari, an object of parents by track";

// The tracks that have parents.
std::vector<Track> tracks_of_napari(std::string_view json, int32_t raised_by) {
  std::vector<Track> tracks;
  try {
    const auto document = nlohmann::json::parse(json);
    if (!document.is_object()) {
      throw Error(ErrorKind::kBadFile, "expected an object");
    }
    for (const auto& [child, parents] : document.items()) {
      Track track{.id = track_in(number_of_key(child), raised_by)};
      const auto numbers =
          parents.is_array() ? json_int32s(parents, 0) : std::vector{json_int32(parents, 0)};
      for (const int32_t number : numbers) {
        track.parents.push_back(track_in(number, raised_by));
      }
      tracks.push_back(std::move(track));
    }
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::kBadFile, "{}: {}", kNoGraph, json_fault(error));
  } catch (const Error& error) {
    throw error.in(kNoGraph);
  }
  return tracks;
}

}  // namespace

TrackTable track_table(const std::string& text) {
  std::istringstream in(text);
  std::string line;
  std::getline(in, line);
  const Columns columns = columns_of(line);
  Table table{.by_parents = columns.id != kNone && columns.parent != kNone};
  for (int64_t number = 2; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \t\r,") != std::string::npos) {
      add_row(Row(line, number), columns, table);
    }
  }
  if (table.by_parents) {
    return {.graph = linked_by_parents(std::move(table))};
  }
  put_in_order(table.graph);
  require_one_a_frame(table.graph);
  const int32_t raised_by = raise_from_zero(table.graph);
  link_tracks(table.graph, {});
  return {.graph = std::move(table.graph), .raised_by = raised_by};
}

TrackGraph track_csv_graph(const std::string& text) {
  return track_table(text).graph;
}

void link_by_napari_graph(TrackGraph& graph, std::string_view json, int32_t raised_by) {
  std::vector<Track> tracks = tracks_of_napari(json, raised_by);
  std::set<int32_t> known;
  for (const TrackNode& node : graph.nodes) {
    known.insert(node.track);
  }
  for (Track& track : tracks) {
    track.parents.push_back(track.id);
    for (const int32_t id : track.parents) {
      if (!known.contains(id)) {
        throw Error(ErrorKind::kBadFile, "track {} of the graph has no rows in the table", id);
      }
    }
    track.parents.pop_back();
  }
  graph.edges.clear();
  link_tracks(graph, tracks);
}

void write_napari(const TrackGraph& graph, const std::string& csv_path,
                  const std::string& graph_path) {
  OutputFile csv(csv_path);
  std::string header = "ID,T,Y,X,label,radius_px";
  for (const std::string& name : graph.value_names) {
    header += "," + csv_text(name);
  }
  csv.write(header + "\n");
  std::vector<const TrackNode*> nodes;
  for (const TrackNode& node : graph.nodes) {
    nodes.push_back(&node);
  }
  // napari wants the rows of a track together.
  std::stable_sort(nodes.begin(), nodes.end(),
                   [](const TrackNode* a, const TrackNode* b) { return a->track < b->track; });
  for (const TrackNode* node : nodes) {
    std::string row = fmt::format("{},{},{},{},{},{}", node->track, node->frame,
                                  node->position.y_px, node->position.x_px, node->label,
                                  node->radius_px ? fmt::format("{}", *node->radius_px) : "");
    for (const double value : node->values) {
      row += std::isnan(value) ? "," : fmt::format(",{}", value);
    }
    csv.write(row + "\n");
  }
  csv.sync_and_close();
  nlohmann::ordered_json parents = nlohmann::ordered_json::object();
  for (const Track& track : tracks_of(graph)) {
    if (!track.parents.empty()) {
      parents[std::to_string(track.id)] = track.parents;
    }
  }
  OutputFile json(graph_path);
  json.write(parents.dump() + "\n");
  json.sync_and_close();
}

}  // namespace mote::io
