#include "mote/io/trackmate.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "mote/core/error.h"
#include "mote/io/output_file.h"
#include "mote/io/xml_scanner.h"
#include "mote/io/xml_text.h"

namespace mote::io {
namespace {

// Units of a file from pixels and frames.
struct Scale {
  double y = 1;
  double x = 1;
  double seconds = 1;
  std::string length = "pixel";
  std::string time = "frame";

  double radius() const { return std::sqrt(y * x); }
};

Scale scale_of(const TrackGraph& graph) {
  Scale scale;
  if (graph.pixel_size) {
    scale.y = graph.pixel_size->y_nm;
    scale.x = graph.pixel_size->x_nm;
    scale.length = "nm";
  }
  if (graph.frame_interval) {
    scale.seconds = graph.frame_interval->seconds;
    scale.time = "s";
  }
  return scale;
}

std::string feature_name(const std::string& value_name) {
  std::string name = "MOTE_" + value_name;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

// Numbers of the connected parts, by node, in order of their first node; -1 for lone nodes.
struct Parts {
  std::vector<int64_t> of_node;
  int64_t count = 0;
};

Parts parts_of(const TrackGraph& graph) {
  std::vector<size_t> root(graph.nodes.size());
  std::iota(root.begin(), root.end(), size_t{0});
  const auto find = [&](size_t i) {
    while (root[i] != i) {
      root[i] = root[root[i]];
      i = root[i];
    }
    return i;
  };
  std::vector<bool> linked(graph.nodes.size());
  for (const auto& [source, target] : graph.edges) {
    linked[source] = linked[target] = true;
    const auto [first, second] = std::minmax(find(source), find(target));
    root[second] = first;
  }
  Parts parts{.of_node = std::vector<int64_t>(graph.nodes.size(), -1)};
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (linked[i]) {
      const size_t first = find(i);
      parts.of_node[i] = first == i ? parts.count++ : parts.of_node[first];
    }
  }
  return parts;
}

struct Feature {
  std::string key;
  std::string name;
  std::string dimension;
  bool whole = false;
};

std::string declarations(const std::string& kind, const std::vector<Feature>& features) {
  std::string text = fmt::format("      <{}>\n", kind);
  for (const Feature& feature : features) {
    text += fmt::format(
        "        <Feature feature=\"{}\" name=\"{}\" shortname=\"{}\" dimension=\"{}\" "
        "isint=\"{}\" />\n",
        feature.key, xml_escaped(feature.name), xml_escaped(feature.name), feature.dimension,
        feature.whole);
  }
  return text + fmt::format("      </{}>\n", kind);
}

std::string all_declarations(const TrackGraph& graph) {
  std::vector<Feature> spots = {{"QUALITY", "Quality", "QUALITY"},
                                {"POSITION_X", "X", "POSITION"},
                                {"POSITION_Y", "Y", "POSITION"},
                                {"POSITION_Z", "Z", "POSITION"},
                                {"POSITION_T", "T", "TIME"},
                                {"FRAME", "Frame", "NONE", true},
                                {"RADIUS", "Radius", "LENGTH"},
                                {"VISIBILITY", "Visibility", "NONE", true},
                                {"MOTE_TRACK", "Track in mote", "NONE", true},
                                {"MOTE_LABEL", "Label in mote", "NONE", true}};
  for (const std::string& name : graph.value_names) {
    spots.push_back({feature_name(name), name, "NONE"});
  }
  const std::vector<Feature> edges = {{"SPOT_SOURCE_ID", "Source spot ID", "NONE", true},
                                      {"SPOT_TARGET_ID", "Target spot ID", "NONE", true}};
  const std::vector<Feature> tracks = {{"TRACK_INDEX", "Track index", "NONE", true},
                                       {"TRACK_ID", "Track ID", "NONE", true},
                                       {"NUMBER_SPOTS", "Number of spots in track", "NONE", true},
                                       {"NUMBER_SPLITS", "Number of split events", "NONE", true},
                                       {"NUMBER_MERGES", "Number of merge events", "NONE", true}};
  return "    <FeatureDeclarations>\n" + declarations("SpotFeatures", spots) +
         declarations("EdgeFeatures", edges) + declarations("TrackFeatures", tracks) +
         "    </FeatureDeclarations>\n";
}

double time_of(const TrackGraph& graph, int64_t frame, const Scale& scale) {
  const auto place = static_cast<size_t>(frame);
  return place < graph.times_s.size() && scale.time == "s" ? graph.times_s[place]
                                                           : static_cast<double>(frame) *
                                                                 scale.seconds;
}

std::string spot(const TrackGraph& graph, size_t index, const Scale& scale) {
  const TrackNode& node = graph.nodes[index];
  std::string text = fmt::format(
      "        <Spot ID=\"{}\" name=\"track {}\" QUALITY=\"1.0\" POSITION_X=\"{}\" "
      "POSITION_Y=\"{}\" POSITION_Z=\"0.0\" POSITION_T=\"{}\" FRAME=\"{}\" RADIUS=\"{}\" "
      "VISIBILITY=\"1\" MOTE_TRACK=\"{}\" MOTE_LABEL=\"{}\"",
      index, node.track, node.position.x_px * scale.x, node.position.y_px * scale.y,
      time_of(graph, node.frame, scale), node.frame, node.radius_px.value_or(1) * scale.radius(),
      node.track, node.label);
  for (size_t i = 0; i < node.values.size(); ++i) {
    if (!std::isnan(node.values[i])) {
      text += fmt::format(" {}=\"{}\"", feature_name(graph.value_names[i]), node.values[i]);
    }
  }
  return text + " />\n";
}

void write_spots(const TrackGraph& graph, const Scale& scale, OutputFile& file) {
  file.write(fmt::format("    <AllSpots nspots=\"{}\">\n", graph.nodes.size()));
  size_t next = 0;
  while (next < graph.nodes.size()) {
    const int64_t frame = graph.nodes[next].frame;
    std::string text = fmt::format("      <SpotsInFrame frame=\"{}\">\n", frame);
    for (; next < graph.nodes.size() && graph.nodes[next].frame == frame; ++next) {
      text += spot(graph, next, scale);
    }
    file.write(text + "      </SpotsInFrame>\n");
  }
  file.write("    </AllSpots>\n");
}

struct PartSummary {
  int64_t spots = 0;
  int64_t splits = 0;
  int64_t merges = 0;
  std::vector<size_t> edges;
};

std::vector<PartSummary> summaries_of(const TrackGraph& graph, const Parts& parts) {
  std::vector<PartSummary> summaries(static_cast<size_t>(parts.count));
  std::vector<int32_t> in(graph.nodes.size());
  std::vector<int32_t> out(graph.nodes.size());
  for (size_t i = 0; i < graph.edges.size(); ++i) {
    const auto& [source, target] = graph.edges[i];
    ++out[source];
    ++in[target];
    summaries[static_cast<size_t>(parts.of_node[source])].edges.push_back(i);
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (parts.of_node[i] >= 0) {
      PartSummary& summary = summaries[static_cast<size_t>(parts.of_node[i])];
      ++summary.spots;
      summary.splits += out[i] > 1 ? 1 : 0;
      summary.merges += in[i] > 1 ? 1 : 0;
    }
  }
  return summaries;
}

void write_tracks(const TrackGraph& graph, OutputFile& file) {
  const std::vector<PartSummary> summaries = summaries_of(graph, parts_of(graph));
  file.write("    <AllTracks>\n");
  for (size_t id = 0; id < summaries.size(); ++id) {
    const PartSummary& part = summaries[id];
    std::string text = fmt::format(
        "      <Track name=\"Track_{}\" TRACK_INDEX=\"{}\" TRACK_ID=\"{}\" NUMBER_SPOTS=\"{}\" "
        "NUMBER_SPLITS=\"{}\" NUMBER_MERGES=\"{}\">\n",
        id, id, id, part.spots, part.splits, part.merges);
    for (const size_t edge : part.edges) {
      text += fmt::format("        <Edge SPOT_SOURCE_ID=\"{}\" SPOT_TARGET_ID=\"{}\" />\n",
                          graph.edges[edge].first, graph.edges[edge].second);
    }
    file.write(text + "      </Track>\n");
  }
  file.write("    </AllTracks>\n    <FilteredTracks>\n");
  for (size_t id = 0; id < summaries.size(); ++id) {
    file.write(fmt::format("      <TrackID TRACK_ID=\"{}\" />\n", id));
  }
  file.write("    </FilteredTracks>\n");
}

std::string settings(const TrackGraph& graph, const Scale& scale) {
  const size_t slash = graph.recording.rfind('/');
  const std::string file =
      slash == std::string::npos ? graph.recording : graph.recording.substr(slash + 1);
  const std::string folder =
      slash == std::string::npos ? "" : graph.recording.substr(0, slash + 1);
  return fmt::format(
      "  <Settings>\n"
      "    <ImageData filename=\"{}\" folder=\"{}\" width=\"{}\" height=\"{}\" nslices=\"1\" "
      "nframes=\"{}\" pixelwidth=\"{}\" pixelheight=\"{}\" voxeldepth=\"1.0\" "
      "timeinterval=\"{}\" />\n"
      "    <BasicSettings xstart=\"0\" xend=\"{}\" ystart=\"0\" yend=\"{}\" zstart=\"0\" "
      "zend=\"0\" tstart=\"0\" tend=\"{}\" />\n"
      "    <DetectorSettings DETECTOR_NAME=\"MANUAL_DETECTOR\" RADIUS=\"{}\" />\n"
      "    <InitialSpotFilter feature=\"QUALITY\" value=\"0.0\" isabove=\"true\" />\n"
      "    <SpotFilterCollection />\n"
      "    <TrackerSettings TRACKER_NAME=\"MANUAL_TRACKER\" />\n"
      "    <TrackFilterCollection />\n"
      "    <AnalyzerCollection>\n"
      "      <SpotAnalyzers />\n"
      "      <EdgeAnalyzers />\n"
      "      <TrackAnalyzers />\n"
      "    </AnalyzerCollection>\n"
      "  </Settings>\n",
      xml_escaped(file), xml_escaped(folder), graph.size.width, graph.size.height, graph.frames,
      scale.x, scale.y, scale.seconds, std::max<int64_t>(graph.size.width - 1, 0),
      std::max<int64_t>(graph.size.height - 1, 0), std::max<int64_t>(graph.frames - 1, 0),
      5 * scale.radius());
}

}  // namespace

void write_trackmate(const TrackGraph& graph, const std::string& path) {
  const Scale scale = scale_of(graph);
  OutputFile file(path);
  file.write(fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                         "<TrackMate version=\"7.11.1\">\n"
                         "  <Log>Written by mote: tracks are numbered as in tracks.csv.</Log>\n"
                         "  <Model spatialunits=\"{}\" timeunits=\"{}\">\n",
                         scale.length, scale.time));
  file.write(all_declarations(graph));
  write_spots(graph, scale, file);
  write_tracks(graph, file);
  file.write("  </Model>\n");
  file.write(settings(graph, scale));
  file.write("  <GUIState state=\"ConfigureViews\" />\n</TrackMate>\n");
  file.sync_and_close();
}

namespace {

// What a session says, in its own units.
struct Session {
  TrackGraph graph;
  std::map<int64_t, size_t> place;  // of a spot's node, by its ID
  std::map<int64_t, int64_t> part;  // TRACK_ID, by spot
  std::vector<std::pair<int64_t, int64_t>> links;
  std::set<int64_t> hidden_spots;
  std::set<int64_t> shown_parts;
  bool filtered = false;
  std::string length;
  Scale scale;
};

[[noreturn]] void refuse(std::string_view tag, std::string_view attribute) {
  throw Error(ErrorKind::kBadFile, "a {} without the number {}", tag, attribute);
}

int64_t required(const XmlTag& tag, std::string_view attribute) {
  // Whole numbers may be written as 3.0.
  const std::optional<double> number = tag.number(attribute);
  constexpr double kMost = 1e15;
  if (!number || std::abs(*number) > kMost || *number != std::floor(*number)) {
    refuse(tag.name, attribute);
  }
  return static_cast<int64_t>(*number);
}

int32_t number_or_none(const XmlTag& tag, std::string_view attribute) {
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  const std::optional<int64_t> number = tag.whole_number(attribute);
  return number && *number <= kMost ? static_cast<int32_t>(*number) : 0;
}

void add_spot(const XmlTag& tag, Session& session) {
  const std::optional<double> x = tag.number("POSITION_X");
  const std::optional<double> y = tag.number("POSITION_Y");
  if (!x || !y) {
    refuse(tag.name, "POSITION_X or POSITION_Y");
  }
  TrackNode node{.frame = required(tag, "FRAME"),
                 .position = {.y_px = *y, .x_px = *x},
                 .track = number_or_none(tag, "MOTE_TRACK"),
                 .label = number_or_none(tag, "MOTE_LABEL"),
                 .radius_px = tag.number("RADIUS")};
  if (node.frame < 0) {
    refuse(tag.name, "FRAME");
  }
  const int64_t id = required(tag, "ID");
  if (!session.place.emplace(id, session.graph.nodes.size()).second) {
    throw Error(ErrorKind::kBadFile, "the spot {} is there twice", id);
  }
  if (tag.number("VISIBILITY").value_or(1) == 0) {
    session.hidden_spots.insert(id);
  }
  session.graph.nodes.push_back(std::move(node));
}

void add_link(const XmlTag& tag, int64_t part, Session& session) {
  const int64_t source = required(tag, "SPOT_SOURCE_ID");
  const int64_t target = required(tag, "SPOT_TARGET_ID");
  session.part[source] = session.part[target] = part;
  if (source != target) {
    session.links.emplace_back(source, target);
  }
}

void add_image(const XmlTag& tag, Session& session) {
  TrackGraph& graph = session.graph;
  graph.recording = tag.attribute("folder").value_or("") + tag.attribute("filename").value_or("");
  graph.size = {.height = tag.whole_number("height").value_or(0),
                .width = tag.whole_number("width").value_or(0)};
  graph.frames = tag.whole_number("nframes").value_or(0);
  const auto positive = [&](std::string_view name) {
    const double value = tag.number(name).value_or(1);
    return value > 0 ? value : 1;
  };
  session.scale.x = positive("pixelwidth");
  session.scale.y = positive("pixelheight");
  session.scale.seconds = positive("timeinterval");
}

Session session_of(std::string_view text) {
  Session session;
  XmlScanner scanner(text);
  bool is_session = false;
  int64_t part = -1;
  while (const std::optional<XmlTag> tag = scanner.next()) {
    if (tag->closes) {
      continue;
    }
    if (tag->name == "TrackMate") {
      is_session = true;
    } else if (tag->name == "Model") {
      session.scale.length = tag->attribute("spatialunits").value_or("");
      session.scale.time = tag->attribute("timeunits").value_or("");
    } else if (tag->name == "Spot") {
      add_spot(*tag, session);
    } else if (tag->name == "Track") {
      part = required(*tag, "TRACK_ID");
    } else if (tag->name == "Edge") {
      add_link(*tag, part, session);
    } else if (tag->name == "FilteredTracks") {
      session.filtered = true;
    } else if (tag->name == "TrackID") {
      session.shown_parts.insert(required(*tag, "TRACK_ID"));
    } else if (tag->name == "ImageData") {
      add_image(*tag, session);
    }
  }
  if (!is_session) {
    throw Error(ErrorKind::kBadFile, "is no TrackMate file: it has no element TrackMate");
  }
  return session;
}

bool is_shown(const Session& session, int64_t spot) {
  const auto part = session.part.find(spot);
  return !session.hidden_spots.contains(spot) &&
         (part == session.part.end() || !session.filtered ||
          session.shown_parts.contains(part->second));
}

void calibrate(Session& session) {
  TrackGraph& graph = session.graph;
  const Scale& scale = session.scale;
  for (TrackNode& node : graph.nodes) {
    node.position.y_px /= scale.y;
    node.position.x_px /= scale.x;
    if (node.radius_px) {
      *node.radius_px /= scale.radius();
    }
    graph.frames = std::max(graph.frames, node.frame + 1);
  }
  if (const std::optional<double> nm = nanometres_per(scale.length)) {
    graph.pixel_size = PixelSize{
        .y_nm = scale.y * *nm, .x_nm = scale.x * *nm, .source = "TrackMate"};
  }
  const std::optional<double> seconds =
      scale.time == "sec" ? 1 : seconds_per(scale.time);
  if (seconds) {
    graph.frame_interval =
        FrameInterval{.seconds = scale.seconds * *seconds, .source = "TrackMate"};
  }
}

}  // namespace

TrackGraph trackmate_graph(std::string_view text) {
  Session session = session_of(text);
  calibrate(session);
  TrackGraph graph = std::move(session.graph);
  std::vector<TrackNode> all = std::move(graph.nodes);
  graph.nodes.clear();
  std::map<int64_t, size_t> place;
  for (const auto& [id, at] : session.place) {
    if (is_shown(session, id)) {
      place[id] = graph.nodes.size();
      graph.nodes.push_back(std::move(all[at]));
    }
  }
  for (const auto& [source, target] : session.links) {
    if (!session.place.contains(source) || !session.place.contains(target)) {
      throw Error(ErrorKind::kBadFile, "a link joins the spots {} and {}, which are not both there",
                  source, target);
    }
    if (place.contains(source) && place.contains(target)) {
      const size_t a = place[source];
      const size_t b = place[target];
      const bool forward = graph.nodes[a].frame <= graph.nodes[b].frame;  // links have no direction
      graph.edges.emplace_back(forward ? a : b, forward ? b : a);
    }
  }
  put_in_order(graph);
  return graph;
}

}  // namespace mote::io
