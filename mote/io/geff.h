#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "mote/io/zarr_store.h"

namespace mote::io {

/// A property of all nodes, or of all edges: a value each.
struct GeffColumn {
  std::string name;
  std::variant<std::vector<int64_t>, std::vector<double>, std::vector<std::string>> values;
  std::vector<bool> missing;  ///< true where there is no value; empty where all have one
  std::string unit;           ///< `nanometer`, ...; empty where there is none
  std::string description;

  bool operator==(const GeffColumn&) const = default;
};

/// Says what the node property of the same name means. Values times `scale` plus `offset` are in
/// `scaled_unit`.
struct GeffAxis {
  std::string name;           ///< of a node property of numbers that misses none
  std::string type;           ///< `space`, `time`, `channel`, or empty
  std::string unit;           ///< `nanometer`, `second`, `pixel`, `frame`, ..., or empty
  std::optional<double> min;  ///< smallest and largest value; the writer finds them
  std::optional<double> max;
  std::optional<double> scale;
  std::string scaled_unit;
  std::optional<double> offset;

  bool operator==(const GeffAxis&) const = default;
};

/// Something beside the graph that it is about.
struct GeffRelatedObject {
  std::string type;        ///< `labels`, `image`, ...
  std::string path;        ///< seen from the folder of the graph
  std::string label_prop;  ///< of labels: the node property that is their value

  bool operator==(const GeffRelatedObject&) const = default;
};

struct GeffEdge {
  uint64_t source = 0;
  uint64_t target = 0;

  bool operator==(const GeffEdge&) const = default;
};

/// A graph in space and time, such as a lineage: a node is one particle in one frame.
struct GeffGraph {
  std::string version;  ///< of the format, as read; what is written is of kGeffVersion
  bool directed = true;
  std::vector<uint64_t> nodes;  ///< ids, each once
  std::vector<GeffEdge> edges;
  std::vector<GeffColumn> node_props;
  std::vector<GeffColumn> edge_props;
  std::vector<GeffAxis> axes;
  /// Which node property holds the id of the `tracklet` (a track) and of the `lineage` (all tracks
  /// that are connected).
  std::map<std::string, std::string> track_node_props;
  std::vector<GeffRelatedObject> related_objects;
  std::string extra_json = "{}";  ///< an object of whatever else
  /// Properties that were there but were not read: no plain columns (arrays, lists), or of a type
  /// that mote does not read, such as texts of any length (`|O`), where no axis or track needs
  /// them.
  std::vector<std::string> left_out;
};

inline constexpr const char* kGeffVersion = "1.1";

/// Writes a graph as a folder, by convention `NAME.geff`: Zarr version 2, which every reader of
/// GEFF takes. Its metadata come last; where it cannot be finished it is taken away.
///
/// The Graph Exchange File Format, github.com/live-image-tracking-tools/geff, specification 1.1
/// (2025).
/// Throws kUsage where the folder is there already or the graph is none: ids that are there twice,
/// edges without a node, from a node to itself or twice, columns of another length, two of a name,
/// axes without a column; kResource where it cannot be written.
void write_geff(const std::string& folder, const GeffGraph& graph);

/// True for a folder that holds a graph.
bool looks_like_geff(const std::string& folder);

/// Reads a graph of Zarr version 2 or 3. Numbers of every type become int64 or float64.
/// Throws kNotFound where there is none, kBadFile where it is damaged or contradicts itself,
/// kUnsupported for version 2 of the format, where its metadata do not list the properties, as
/// those of early versions, and where an axis or tracks are of a type that mote does not read.
GeffGraph read_geff(const std::string& folder);

/// The same from any store; the message does not name it.
GeffGraph read_geff(const ZarrStore& store);

}  // namespace mote::io
