#include "mote/io/geff.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/geff_arrays.h"
#include "mote/io/json_fault.h"
#include "mote/io/zarr_metadata.h"
#include "mote/io/zarr_writer.h"

namespace mote::io {
namespace {

using Json = nlohmann::json;

size_t length_of(const GeffColumn& column) {
  return std::visit([](const auto& values) { return values.size(); }, column.values);
}

const GeffColumn* find_column(const std::vector<GeffColumn>& columns, const std::string& name) {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const GeffColumn& column) { return column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

// What is wrong, or nothing.
std::string fault_of_columns(const char* what, const std::vector<GeffColumn>& columns,
                             size_t rows) {
  std::set<std::string> names;
  for (const GeffColumn& column : columns) {
    const bool plain = !column.name.empty() && column.name.find('/') == std::string::npos &&
                       column.name.front() != '.';
    if (!plain || !names.insert(column.name).second) {
      return fmt::format("{} property '{}': expected a plain name of its own", what, column.name);
    }
    const size_t length = length_of(column);
    if (length != rows || (!column.missing.empty() && column.missing.size() != rows)) {
      return fmt::format("{} property '{}' has {} values, expected {}", what, column.name, length,
                         rows);
    }
  }
  return "";
}

std::string fault_of_edges(const GeffGraph& graph) {
  const std::unordered_set<uint64_t> nodes(graph.nodes.begin(), graph.nodes.end());
  if (nodes.size() != graph.nodes.size()) {
    return "a node id is there twice";
  }
  std::set<std::pair<uint64_t, uint64_t>> met;
  for (const auto& [source, target] : graph.edges) {
    if (source == target || !nodes.contains(source) || !nodes.contains(target)) {
      return fmt::format("an edge from {} to {}, expected two different nodes of the graph", source,
                         target);
    }
    const bool turned = !graph.directed && source > target;
    if (!met.insert(turned ? std::pair(target, source) : std::pair(source, target)).second) {
      return fmt::format("the edge from {} to {} is there twice", source, target);
    }
  }
  return "";
}

std::string fault_of_axes(const GeffGraph& graph) {
  std::set<std::string> names;
  for (const GeffAxis& axis : graph.axes) {
    const GeffColumn* column = find_column(graph.node_props, axis.name);
    const bool left_out =
        std::find(graph.left_out.begin(), graph.left_out.end(), axis.name) != graph.left_out.end();
    if (!names.insert(axis.name).second || column == nullptr || left_out ||
        column->values.index() == 2 || !column->missing.empty()) {
      return fmt::format("axis '{}': expected a node property of numbers that misses none",
                         axis.name);
    }
    if (!axis.scaled_unit.empty() && !axis.scale) {
      return fmt::format("axis '{}' has a scaled unit, but no scale", axis.name);
    }
  }
  for (const auto& [what, name] : graph.track_node_props) {
    if ((what != "tracklet" && what != "lineage") ||
        find_column(graph.node_props, name) == nullptr) {
      return fmt::format(
          "track property {} is '{}', expected tracklet or lineage, and a node "
          "property",
          what, name);
    }
  }
  return "";
}

void check(const GeffGraph& graph, ErrorKind kind) {
  for (const std::string& fault : {fault_of_columns("node", graph.node_props, graph.nodes.size()),
                                   fault_of_columns("edge", graph.edge_props, graph.edges.size()),
                                   fault_of_edges(graph), fault_of_axes(graph)}) {
    if (!fault.empty()) {
      throw Error(kind, "{}", fault);
    }
  }
}

// The smallest and largest value of a column of numbers that is not empty.
std::pair<double, double> range_of(const GeffColumn& column) {
  return std::visit(
      [](const auto& values) -> std::pair<double, double> {
        if constexpr (std::is_same_v<std::decay_t<decltype(values[0])>, std::string>) {
          return {};
        } else {
          const auto [least, most] = std::minmax_element(values.begin(), values.end());
          return {static_cast<double>(*least), static_cast<double>(*most)};
        }
      },
      column.values);
}

Json axis_json(const GeffAxis& axis, const GeffGraph& graph) {
  Json json = {{"name", axis.name}};
  const auto put = [&](const char* key, const auto& value, bool there) {
    if (there) {
      json[key] = value;
    }
  };
  put("type", axis.type, !axis.type.empty());
  put("unit", axis.unit, !axis.unit.empty());
  if (!graph.nodes.empty()) {
    const auto [least, most] = range_of(*find_column(graph.node_props, axis.name));
    json["min"] = least;
    json["max"] = most;
  }
  put("scale", axis.scale.value_or(1), axis.scale.has_value());
  put("scaled_unit", axis.scaled_unit, !axis.scaled_unit.empty());
  put("offset", axis.offset.value_or(0), axis.offset.has_value());
  return json;
}

Json columns_json(const std::vector<GeffColumn>& columns) {
  Json json = Json::object();
  for (const GeffColumn& column : columns) {
    Json one = {{"identifier", column.name}, {"dtype", geff_dtype(column)}, {"varlength", false}};
    if (!column.unit.empty()) {
      one["unit"] = column.unit;
    }
    if (!column.description.empty()) {
      one["description"] = column.description;
    }
    json[column.name] = one;
  }
  return json;
}

bool has_axis(const GeffGraph& graph, const std::string& name) {
  return std::any_of(graph.axes.begin(), graph.axes.end(),
                     [&](const GeffAxis& axis) { return axis.name == name; });
}

// What viewers draw along the axes of the screen; nothing where it is not clear.
Json display_hints(const GeffGraph& graph) {
  if (!has_axis(graph, "y") || !has_axis(graph, "x")) {
    return nullptr;
  }
  Json json = {{"display_horizontal", "x"}, {"display_vertical", "y"}};
  if (has_axis(graph, "t")) {
    json["display_time"] = "t";
  }
  return json;
}

Json metadata_json(const GeffGraph& graph) {
  Json json = {{"geff_version", kGeffVersion},
               {"directed", graph.directed},
               {"node_props_metadata", columns_json(graph.node_props)},
               {"edge_props_metadata", columns_json(graph.edge_props)}};
  for (const GeffAxis& axis : graph.axes) {
    json["axes"].push_back(axis_json(axis, graph));
  }
  if (const Json hints = display_hints(graph); !hints.is_null()) {
    json["display_hints"] = hints;
  }
  if (!graph.track_node_props.empty()) {
    json["track_node_props"] = graph.track_node_props;
  }
  for (const GeffRelatedObject& object : graph.related_objects) {
    Json one = {{"type", object.type}, {"path", object.path}};
    if (!object.label_prop.empty()) {
      one["label_prop"] = object.label_prop;
    }
    json["related_objects"].push_back(one);
  }
  try {
    json["extra"] = Json::parse(graph.extra_json);
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::kUsage, "extra metadata: {}", json_fault(error));
  }
  return json;
}

void write_props(const std::string& folder, const std::vector<GeffColumn>& columns) {
  write_zarr_group(folder, 2, Json::object());
  for (const GeffColumn& column : columns) {
    write_geff_column(folder + "/" + column.name, column);
  }
}

std::string text_or_empty(const Json& json, const char* key) {
  const Json value = json.value(key, Json());
  return value.is_null() ? "" : value.get<std::string>();
}

std::optional<double> number_or_none(const Json& json, const char* key) {
  const Json value = json.value(key, Json());
  return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

// A list or object that may be absent or null.
Json part(const Json& json, const char* key) {
  const Json value = json.value(key, Json());
  return value.is_null() ? Json::object() : value;
}

GeffAxis axis_of(const Json& json) {
  return {.name = json.at("name").get<std::string>(),
          .type = text_or_empty(json, "type"),
          .unit = text_or_empty(json, "unit"),
          .min = number_or_none(json, "min"),
          .max = number_or_none(json, "max"),
          .scale = number_or_none(json, "scale"),
          .scaled_unit = text_or_empty(json, "scaled_unit"),
          .offset = number_or_none(json, "offset")};
}

void read_metadata(const Json& json, GeffGraph& graph) {
  graph.version = json.at("geff_version").get<std::string>();
  if (!graph.version.starts_with("0.") && !graph.version.starts_with("1.")) {
    throw Error(ErrorKind::kUnsupported, "GEFF version {}: mote reads 1.x", graph.version);
  }
  if (json.value("node_props_metadata", Json()).is_null()) {
    throw Error(ErrorKind::kUnsupported,
                "GEFF version {} without a list of its properties: mote reads 1.x", graph.version);
  }
  graph.directed = json.at("directed").get<bool>();
  for (const Json& axis : part(json, "axes")) {
    graph.axes.push_back(axis_of(axis));
  }
  graph.track_node_props = part(json, "track_node_props").get<std::map<std::string, std::string>>();
  for (const Json& object : part(json, "related_objects")) {
    graph.related_objects.push_back({.type = object.at("type").get<std::string>(),
                                     .path = object.at("path").get<std::string>(),
                                     .label_prop = text_or_empty(object, "label_prop")});
  }
  graph.extra_json = part(json, "extra").dump();
}

// Nodes are nowhere without their axes, and tracks nothing without their numbers.
bool is_needed(const GeffGraph& graph, const std::string& name) {
  return has_axis(graph, name) ||
         std::any_of(graph.track_node_props.begin(), graph.track_node_props.end(),
                     [&](const auto& prop) { return prop.second == name; });
}

// Nothing for lists and arrays; nor, where the graph does without it, for a type that mote does
// not read, such as texts of zarr-python's of any length.
std::optional<GeffColumn> read_prop(const ZarrStore& store, const std::string& path, size_t rows,
                                    bool needed) {
  try {
    return read_geff_column(store, path, static_cast<int64_t>(rows));
  } catch (const Error& error) {
    if (needed || error.kind() != ErrorKind::kUnsupported) {
      throw;
    }
    return std::nullopt;
  }
}

std::vector<GeffColumn> read_props(const ZarrStore& store, const std::string& group,
                                   const Json& listed, size_t rows, GeffGraph& graph) {
  std::vector<GeffColumn> columns;
  for (const auto& [name, about] : listed.items()) {
    std::optional<GeffColumn> column;
    if (about.value("varlength", Json(false)) != true) {
      column = read_prop(store, zarr_key(group, name), rows, is_needed(graph, name));
    }
    if (!column) {
      graph.left_out.push_back(name);
      continue;
    }
    column->name = name;
    column->unit = text_or_empty(about, "unit");
    column->description = text_or_empty(about, "description");
    columns.push_back(std::move(*column));
  }
  return columns;
}

}  // namespace

void write_geff(const std::string& folder, const GeffGraph& graph) {
  check(graph, ErrorKind::kUsage);
  const Json metadata = metadata_json(graph);
  ZarrFolderInMaking making(folder);
  const std::string& root = making.path();
  write_zarr_group(root + "/nodes", 2, Json::object());
  write_geff_ids(root + "/nodes/ids", graph.nodes, 1);
  write_props(root + "/nodes/props", graph.node_props);
  write_zarr_group(root + "/edges", 2, Json::object());
  std::vector<uint64_t> ends;
  for (const auto& [source, target] : graph.edges) {
    ends.insert(ends.end(), {source, target});
  }
  write_geff_ids(root + "/edges/ids", ends, 2);
  write_props(root + "/edges/props", graph.edge_props);
  write_zarr_group(root, 2, {{"geff", metadata}});
  making.finish();
}

GeffGraph read_geff(const ZarrStore& store) {
  try {
    const Json attributes = read_zarr_attributes(store, "");
    if (!attributes.contains("geff")) {
      throw Error(ErrorKind::kNotFound, "no GEFF graph: its attributes have no 'geff'");
    }
    const Json& json = attributes.at("geff");
    GeffGraph graph;
    read_metadata(json, graph);
    graph.nodes = read_geff_ids(store, "nodes/ids", 1);
    const std::vector<uint64_t> ends = read_geff_ids(store, "edges/ids", 2);
    for (size_t i = 0; i < ends.size(); i += 2) {
      graph.edges.push_back({.source = ends[i], .target = ends[i + 1]});
    }
    graph.node_props = read_props(store, "nodes/props", part(json, "node_props_metadata"),
                                  graph.nodes.size(), graph);
    graph.edge_props = read_props(store, "edges/props", part(json, "edge_props_metadata"),
                                  graph.edges.size(), graph);
    check(graph, ErrorKind::kBadFile);
    return graph;
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::kBadFile, "its GEFF metadata: {}", json_fault(error));
  }
}

bool looks_like_geff(const std::string& folder) {
  try {
    return read_zarr_attributes(ZarrFolder(folder), "").contains("geff");
  } catch (const Error&) {
    return false;  // no Zarr group, or a damaged one
  }
}

GeffGraph read_geff(const std::string& folder) {
  try {
    return read_geff(ZarrFolder(folder));
  } catch (const Error& error) {
    throw error.in(folder);
  }
}

}  // namespace mote::io
