#include "mote/io/trackmate.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "mote/core/error.h"
#include "mote/io/frame_number.h"
#include "mote/io/mask_outline.h"
#include "mote/io/xml_scanner.h"

namespace mote::io {
namespace {

// Units of a file from pixels and frames.
struct Scale {
  double y = 1;
  double x = 1;
  double seconds = 1;
  std::string length;
  std::string time;

  double radius() const { return std::sqrt(y * x); }
};

// What a session says, in its own units.
struct Session {
  TrackGraph graph;
  std::map<int64_t, size_t> place;  // of a spot's node, by its ID
  std::map<size_t, Ring> polygons;  // by place of the node
  std::map<int64_t, int64_t> part;  // TRACK_ID, by spot
  std::vector<std::pair<int64_t, int64_t>> links;
  std::set<int64_t> hidden_spots;
  std::set<int64_t> shown_parts;
  bool filtered = false;
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

// The corners of a spot's polygon, in units of length from its centre on; none where it has none.
Ring polygon_of(std::string_view text) {
  Ring ring;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto number = [&]() -> std::optional<double> {
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) {
      ++at;
    }
    double value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc()) {
      return std::nullopt;
    }
    at = next;
    return value;
  };
  while (const std::optional<double> x = number()) {
    const std::optional<double> y = number();
    if (!y) {
      return {};
    }
    ring.push_back({.y = *y, .x = *x});
  }
  return ring;
}

void add_spot(const XmlTag& tag, std::string_view text, Session& session) {
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
  require_frame(node.frame);
  const int64_t id = required(tag, "ID");
  if (!session.place.emplace(id, session.graph.nodes.size()).second) {
    throw Error(ErrorKind::kBadFile, "the spot {} is there twice", id);
  }
  if (tag.number("VISIBILITY").value_or(1) == 0) {
    session.hidden_spots.insert(id);
  }
  if (tag.whole_number("ROI_N_POINTS").value_or(0) > 2) {
    session.polygons[session.graph.nodes.size()] = polygon_of(text);
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
  graph.size = {.height = number_or_none(tag, "height"), .width = number_or_none(tag, "width")};
  graph.frames = tag.whole_number("nframes").value_or(0);
  require_frames(graph.frames);
  // Absurd ones would make positions infinite.
  const auto positive = [&](std::string_view name) {
    constexpr double kMost = 1e15;
    const double value = tag.number(name).value_or(1);
    return value > 1 / kMost && value < kMost ? value : 1;
  };
  session.scale.x = positive("pixelwidth");
  session.scale.y = positive("pixelheight");
  session.scale.seconds = positive("timeinterval");
}

Session session_of(std::string_view text) {
  Session session;
  XmlScanner scanner(text);
  bool is_session = false;
  bool is_whole = false;
  int64_t part = -1;
  while (const std::optional<XmlTag> tag = scanner.next()) {
    if (tag->closes) {
      is_whole = is_whole || tag->name == "TrackMate";
      continue;
    }
    if (tag->name == "TrackMate") {
      is_session = true;
    } else if (tag->name == "Model") {
      session.scale.length = tag->attribute("spatialunits").value_or("");
      session.scale.time = tag->attribute("timeunits").value_or("");
    } else if (tag->name == "Spot") {
      add_spot(*tag, scanner.text(), session);
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
  if (!is_whole) {
    throw Error(ErrorKind::kBadFile, "is cut off, or no XML: it ends without </TrackMate>");
  }
  return session;
}

bool is_shown(const Session& session, int64_t spot) {
  const auto part = session.part.find(spot);
  return !session.hidden_spots.contains(spot) && (part == session.part.end() || !session.filtered ||
                                                  session.shown_parts.contains(part->second));
}

// Rows that the sides of a polygon pass.
double rows_passed(const Ring& ring) {
  double rows = 0;
  for (size_t i = 0; i < ring.size(); ++i) {
    rows += std::abs(ring[(i + 1) % ring.size()].y - ring[i].y);
  }
  return rows;
}

// `text_bytes` bounds what all polygons together may take: a short file with very tall ones would
// fill the memory.
void fill_polygons(Session& session, size_t text_bytes) {
  constexpr double kFreeRows = 4e6;
  constexpr double kRowsAByte = 4;
  const double most = kFreeRows + kRowsAByte * static_cast<double>(text_bytes);
  double rows = 0;
  const Scale& scale = session.scale;
  for (auto& [place, ring] : session.polygons) {
    TrackNode& node = session.graph.nodes[place];
    for (Corner& corner : ring) {
      corner.y = corner.y / scale.y + node.position.y_px + 0.5;
      corner.x = corner.x / scale.x + node.position.x_px + 0.5;
    }
    rows += rows_passed(ring);
    if (!(rows <= most)) {
      throw Error(ErrorKind::kBadFile, "its polygons pass {} rows, more than {} bytes of text tell",
                  rows, text_bytes);
    }
    node.mask = filled({ring}, FillRule::kEvenOdd);
  }
}

void calibrate(Session& session) {
  TrackGraph& graph = session.graph;
  const Scale& scale = session.scale;
  if (const std::optional<double> nm = nanometres_per(scale.length)) {
    graph.pixel_size =
        PixelSize{.y_nm = scale.y * *nm, .x_nm = scale.x * *nm, .source = "TrackMate"};
  }
  const std::optional<double> seconds = scale.time == "sec" ? 1 : seconds_per(scale.time);
  if (seconds) {
    graph.frame_interval =
        FrameInterval{.seconds = scale.seconds * *seconds, .source = "TrackMate"};
  }
}

void place_in_pixels(Session& session) {
  const Scale& scale = session.scale;
  for (TrackNode& node : session.graph.nodes) {
    Point& position = node.position;
    position.y_px /= scale.y;
    position.x_px /= scale.x;
    const double radius_px = node.radius_px.value_or(0) / scale.radius();
    if (!std::isfinite(position.y_px) || !std::isfinite(position.x_px) ||
        !std::isfinite(radius_px)) {
      throw Error(ErrorKind::kBadFile, "a spot of {} px at x={} y={}", radius_px, position.x_px,
                  position.y_px);
    }
    if (node.radius_px) {
      node.radius_px = radius_px;
    }
    session.graph.frames = std::max(session.graph.frames, node.frame + 1);
  }
}

}  // namespace

TrackGraph trackmate_graph(std::string_view text) {
  Session session = session_of(text);
  place_in_pixels(session);
  fill_polygons(session, text.size());
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
