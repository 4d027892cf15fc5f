#include "mote/io/geff_tracks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/frame_number.h"
#include "mote/io/json_fault.h"
#include "mote/io/json_number.h"

namespace mote::io {
namespace {

using Column = GeffColumn;

template <typename T, typename Of>
Column column(const TrackGraph& graph, const std::string& name, const std::string& unit, Of of) {
  std::vector<T> values;
  values.reserve(graph.nodes.size());
  for (const TrackNode& node : graph.nodes) {
    values.push_back(static_cast<T>(of(node)));
  }
  return {.name = name, .values = std::move(values), .unit = unit};
}

// Where `values` has NaN there is no value.
Column with_missing(Column column) {
  auto& values = std::get<std::vector<double>>(column.values);
  if (std::any_of(values.begin(), values.end(), [](double v) { return std::isnan(v); })) {
    for (double& value : values) {
      column.missing.push_back(std::isnan(value));
      value = std::isnan(value) ? 0 : value;
    }
  }
  return column;
}

// From 1 on.
std::vector<int64_t> lineages_of(const TrackGraph& graph) {
  std::vector<int64_t> lineages;
  for (const size_t part : connected_parts(graph)) {
    lineages.push_back(static_cast<int64_t>(part) + 1);
  }
  return lineages;
}

GeffAxis axis(std::string name, std::string type, std::string unit, std::optional<double> scale,
              const std::string& scaled_unit) {
  return {.name = std::move(name),
          .type = std::move(type),
          .unit = std::move(unit),
          .scale = scale,
          .scaled_unit = scale ? scaled_unit : ""};
}

}  // namespace

GeffGraph geff_of(const TrackGraph& graph) {
  GeffGraph geff;
  geff.nodes.resize(graph.nodes.size());
  std::iota(geff.nodes.begin(), geff.nodes.end(), uint64_t{0});
  for (const auto& [source, target] : graph.edges) {
    geff.edges.push_back({.source = source, .target = target});
  }
  std::optional<double> seconds;
  std::optional<double> y_nm;
  std::optional<double> x_nm;
  if (graph.frame_interval) {
    seconds = graph.frame_interval->seconds;
  }
  if (graph.pixel_size) {
    y_nm = graph.pixel_size->y_nm;
    x_nm = graph.pixel_size->x_nm;
  }
  geff.axes = {axis("t", "time", "frame", seconds, "second"),
               axis("y", "space", "pixel", y_nm, "nanometer"),
               axis("x", "space", "pixel", x_nm, "nanometer")};
  geff.node_props = {
      column<int64_t>(graph, "t", "frame", [](const TrackNode& n) { return n.frame; }),
      column<double>(graph, "y", "pixel", [](const TrackNode& n) { return n.position.y_px; }),
      column<double>(graph, "x", "pixel", [](const TrackNode& n) { return n.position.x_px; }),
      column<int64_t>(graph, "track", "", [](const TrackNode& n) { return n.track; }),
      {.name = "lineage", .values = lineages_of(graph)},
      column<int64_t>(graph, "label", "", [](const TrackNode& n) { return n.label; }),
      with_missing(column<double>(graph, "radius_px", "pixel", [](const TrackNode& n) {
        return n.radius_px.value_or(std::numeric_limits<double>::quiet_NaN());
      }))};
  for (size_t i = 0; i < graph.value_names.size(); ++i) {
    geff.node_props.push_back(with_missing(column<double>(
        graph, graph.value_names[i], "", [i](const TrackNode& n) { return n.values[i]; })));
  }
  geff.track_node_props = {{"tracklet", "track"}, {"lineage", "lineage"}};
  geff.extra_json = nlohmann::json{{"mote",
                                    {{"recording", graph.recording},
                                     {"frames", graph.frames},
                                     {"height_px", graph.size.height},
                                     {"width_px", graph.size.width}}}}
                        .dump();
  return geff;
}

namespace {

const Column* find(const GeffGraph& geff, const std::string& name) {
  const auto found = std::find_if(geff.node_props.begin(), geff.node_props.end(),
                                  [&](const Column& column) { return column.name == name; });
  return found == geff.node_props.end() ? nullptr : &*found;
}

// The value of a node, or nothing where it is missing or infinite, or the column is of text.
std::optional<double> value_at(const Column* column, size_t i) {
  if (column == nullptr || (!column->missing.empty() && column->missing[i])) {
    return std::nullopt;
  }
  if (const auto* whole = std::get_if<std::vector<int64_t>>(&column->values)) {
    return static_cast<double>((*whole)[i]);
  }
  const auto* real = std::get_if<std::vector<double>>(&column->values);
  return real != nullptr && std::isfinite((*real)[i]) ? std::optional((*real)[i]) : std::nullopt;
}

// A whole number from 0 on.
int64_t whole_at(const Column* column, size_t i, int64_t most, const std::string& what) {
  const std::optional<double> value = value_at(column, i);
  if (!value || *value != std::floor(*value) || *value < 0 || *value > static_cast<double>(most)) {
    throw Error(ErrorKind::kBadFile, "node {} has no {}, a whole number from 0 to {}", i, what,
                most);
  }
  return static_cast<int64_t>(*value);
}

constexpr int64_t kMostIds = std::numeric_limits<int32_t>::max();

struct Axes {
  const GeffAxis* time = nullptr;
  const GeffAxis* y = nullptr;
  const GeffAxis* x = nullptr;
};

Axes axes_of(const GeffGraph& geff) {
  Axes axes;
  for (const GeffAxis& axis : geff.axes) {
    if (axis.type == "time" || (axis.type.empty() && axis.name == "t")) {
      axes.time = &axis;
    } else if (axis.type == "space" || axis.type.empty()) {
      axes.y = axes.x;
      axes.x = &axis;
    }
  }
  if (axes.time == nullptr || axes.y == nullptr) {
    throw Error(ErrorKind::kUnsupported, "its axes are not one of time and two of space");
  }
  return axes;
}

// Pixels in a unit of the axis.
double pixels_per(const GeffAxis& axis, const std::optional<double>& pixel_nm) {
  const std::optional<double> nm = nanometres_per(axis.unit);
  if (!nm) {
    return 1;  // pixels, or no unit at all
  }
  if (!pixel_nm) {
    throw Error(ErrorKind::kUsage,
                "positions along {} are in {}: their place in the images needs the pixel size",
                axis.name, axis.unit);
  }
  return *nm / *pixel_nm;
}

// A finite product above 0: what else a file says is no calibration.
std::optional<double> scaled(const GeffAxis& axis, const std::optional<double>& unit) {
  const double product = axis.scale.value_or(0) * unit.value_or(0);
  return std::isfinite(product) && product > 0 ? std::optional(product) : std::nullopt;
}

void read_calibration(const Axes& axes, TrackGraph& graph) {
  const auto seconds = scaled(*axes.time, seconds_per(axes.time->scaled_unit));
  if (seconds && axes.time->unit == "frame") {
    graph.frame_interval = FrameInterval{.seconds = *seconds, .source = "GEFF"};
  }
  const auto y = scaled(*axes.y, nanometres_per(axes.y->scaled_unit));
  const auto x = scaled(*axes.x, nanometres_per(axes.x->scaled_unit));
  if (y && x && !nanometres_per(axes.x->unit)) {
    graph.pixel_size = PixelSize{.y_nm = *y, .x_nm = *x, .source = "GEFF"};
  }
}

void read_extra(const GeffGraph& geff, TrackGraph& graph) {
  const auto extra = nlohmann::json::parse(geff.extra_json, nullptr, false);
  if (!extra.is_object() || !extra.contains("mote") || !extra["mote"].is_object()) {
    return;
  }
  const auto& mote = extra["mote"];
  try {
    graph.recording = mote.value("recording", "");
    const auto number = [&](const char* key, int64_t most) {
      return mote.contains(key) ? json_whole(mote.at(key), 0, most) : 0;
    };
    graph.frames = number("frames", kMostFrames);
    graph.size = {.height = number("height_px", kMostIds), .width = number("width_px", kMostIds)};
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::kBadFile, "what mote wrote into it is damaged: {}", json_fault(error));
  } catch (const Error& error) {
    throw error.in("what mote wrote into it is damaged");
  }
}

const Column* named_or(const GeffGraph& geff, const char* name, const std::string& other) {
  const Column* column = find(geff, name);
  return column != nullptr || other.empty() ? column : find(geff, other);
}

}  // namespace

TrackGraph tracks_of_geff(const GeffGraph& geff, const std::optional<PixelSize>& pixel_size) {
  const Axes axes = axes_of(geff);
  TrackGraph graph;
  read_calibration(axes, graph);
  read_extra(geff, graph);
  const auto tracklet = geff.track_node_props.find("tracklet");
  const Column* track =
      named_or(geff, "track", tracklet != geff.track_node_props.end() ? tracklet->second : "");
  const Column* label = find(geff, "label");
  for (const GeffRelatedObject& object : geff.related_objects) {
    label = label != nullptr ? label : find(geff, object.label_prop);
  }
  const Column* radius = find(geff, "radius_px");
  const double y_px =
      pixels_per(*axes.y, pixel_size ? std::optional(pixel_size->y_nm) : std::nullopt);
  const double x_px =
      pixels_per(*axes.x, pixel_size ? std::optional(pixel_size->x_nm) : std::nullopt);
  std::map<uint64_t, size_t> place;
  for (size_t i = 0; i < geff.nodes.size(); ++i) {
    TrackNode node{.frame = whole_at(find(geff, axes.time->name), i, kMostFrames - 1, "frame"),
                   .radius_px = value_at(radius, i)};
    const auto y = value_at(find(geff, axes.y->name), i);
    const auto x = value_at(find(geff, axes.x->name), i);
    node.position = {.y_px = y.value_or(0) * y_px, .x_px = x.value_or(0) * x_px};
    if (!y || !x || !std::isfinite(node.position.y_px) || !std::isfinite(node.position.x_px)) {
      throw Error(ErrorKind::kBadFile, "node {} has no position", i);
    }
    // Tracks and labels of other programs may count from 0, or be missing: then edges tell.
    node.track =
        static_cast<int32_t>(value_at(track, i) ? whole_at(track, i, kMostIds, "track") : 0);
    node.label =
        static_cast<int32_t>(value_at(label, i) ? whole_at(label, i, kMostIds, "label") : 0);
    graph.frames = std::max(graph.frames, node.frame + 1);
    place[geff.nodes[i]] = graph.nodes.size();
    graph.nodes.push_back(std::move(node));
  }
  for (const GeffEdge& edge : geff.edges) {
    const size_t source = place.at(edge.source);
    const size_t target = place.at(edge.target);
    const bool back = !geff.directed && graph.nodes[source].frame > graph.nodes[target].frame;
    graph.edges.emplace_back(back ? target : source, back ? source : target);
  }
  put_in_order(graph);
  return graph;
}

}  // namespace mote::io
