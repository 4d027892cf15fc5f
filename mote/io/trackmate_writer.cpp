#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "mote/io/mask_outline.h"
#include "mote/io/output_file.h"
#include "mote/io/trackmate.h"
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
  return place < graph.times_s.size() && scale.time == "s"
             ? graph.times_s[place]
             : static_cast<double>(frame) * scale.seconds;
}

// The attribute of a polygon and its text, in units of length from the spot's centre on; nothing
// for an empty mask.
struct Outline {
  std::string attribute;
  std::string text;
};

Outline outline_of(const Mask& mask, Point centre, const Scale& scale) {
  const Ring ring = largest_outline_of(mask);
  if (ring.empty()) {
    return {};
  }
  Outline outline{.attribute = fmt::format(" ROI_N_POINTS=\"{}\"", ring.size())};
  for (const Corner& corner : ring) {
    // Corners count from the upper left corner of the first pixel, spots from its centre.
    outline.text += fmt::format("{}{} {}", outline.text.empty() ? "" : " ",
                                (corner.x - 0.5 - centre.x_px) * scale.x,
                                (corner.y - 0.5 - centre.y_px) * scale.y);
  }
  return outline;
}

std::string spot(const TrackGraph& graph, size_t index, const Scale& scale,
                 const std::map<int32_t, Mask>& masks) {
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
  const auto mask = masks.find(node.label);
  const Outline outline =
      mask == masks.end() ? Outline() : outline_of(mask->second, node.position, scale);
  return outline.text.empty() ? text + " />\n"
                              : text + outline.attribute + ">" + outline.text + "</Spot>\n";
}

void write_spots(const TrackGraph& graph, const Scale& scale, const MasksOfFrame& masks_of_frame,
                 OutputFile& file) {
  file.write(fmt::format("    <AllSpots nspots=\"{}\">\n", graph.nodes.size()));
  size_t next = 0;
  while (next < graph.nodes.size()) {
    const int64_t frame = graph.nodes[next].frame;
    const std::map<int32_t, Mask> masks =
        masks_of_frame ? masks_of_frame(frame) : std::map<int32_t, Mask>();
    std::string text = fmt::format("      <SpotsInFrame frame=\"{}\">\n", frame);
    for (; next < graph.nodes.size() && graph.nodes[next].frame == frame; ++next) {
      text += spot(graph, next, scale, masks);
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

// Of the parts that have edges; TrackMate knows no track of a single spot.
std::vector<PartSummary> summaries_of(const TrackGraph& graph) {
  const std::vector<size_t> parts = connected_parts(graph);
  std::vector<PartSummary> all(parts.size());
  std::vector<int32_t> in(graph.nodes.size());
  std::vector<int32_t> out(graph.nodes.size());
  for (size_t i = 0; i < graph.edges.size(); ++i) {
    const auto& [source, target] = graph.edges[i];
    ++out[source];
    ++in[target];
    all[parts[source]].edges.push_back(i);
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    PartSummary& summary = all[parts[i]];
    ++summary.spots;
    summary.splits += out[i] > 1 ? 1 : 0;
    summary.merges += in[i] > 1 ? 1 : 0;
  }
  std::erase_if(all, [](const PartSummary& part) { return part.edges.empty(); });
  return all;
}

void write_tracks(const TrackGraph& graph, OutputFile& file) {
  const std::vector<PartSummary> summaries = summaries_of(graph);
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
  const std::string folder = slash == std::string::npos ? "" : graph.recording.substr(0, slash + 1);
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

void write_trackmate(const TrackGraph& graph, const std::string& path, const MasksOfFrame& masks) {
  const Scale scale = scale_of(graph);
  OutputFile file(path);
  file.write(
      fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<TrackMate version=\"7.11.1\">\n"
                  "  <Log>Written by mote: tracks are numbered as in tracks.csv.</Log>\n"
                  "  <Model spatialunits=\"{}\" timeunits=\"{}\">\n",
                  scale.length, scale.time));
  file.write(all_declarations(graph));
  write_spots(graph, scale, masks, file);
  write_tracks(graph, file);
  file.write("  </Model>\n");
  file.write(settings(graph, scale));
  file.write("  <GUIState state=\"ConfigureViews\" />\n</TrackMate>\n");
  file.sync_and_close();
}

}  // namespace mote::io
