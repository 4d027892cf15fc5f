#include "mote/io/ctc_lineage.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/frame_number.h"
#include "mote/io/json_fault.h"
#include "mote/io/json_number.h"

namespace mote::io {
namespace {

using TracksByPlace = std::map<std::pair<int64_t, int32_t>, std::vector<int32_t>>;

std::vector<CtcShared> shared_in(const TrackGraph& graph) {
  TracksByPlace by_place;
  for (const TrackNode& node : graph.nodes) {
    by_place[{node.frame, node.label}].push_back(node.track);
  }
  std::vector<CtcShared> shared;
  for (auto& [place, tracks] : by_place) {
    if (tracks.size() > 1) {
      shared.push_back({.frame = place.first, .label = place.second, .tracks = std::move(tracks)});
    }
  }
  return shared;
}

// The pieces of every track that has pixels of its own, in order of frame; labels of later ones are
// not given yet.
std::map<int32_t, std::vector<CtcPiece>> pieces_by_track(const TrackGraph& graph) {
  std::map<int32_t, std::vector<CtcPiece>> pieces;
  for (const TrackNode& node : graph.nodes) {
    if (node.label != node.track) {
      continue;
    }
    std::vector<CtcPiece>& list = pieces[node.track];
    if (list.empty() || list.back().last_frame + 1 < node.frame) {
      list.push_back({.track = node.track, .first_frame = node.frame});
    }
    list.back().last_frame = node.frame;
  }
  return pieces;
}

void number_pieces(std::map<int32_t, std::vector<CtcPiece>>& pieces, int32_t highest) {
  for (auto& [track, list] : pieces) {
    for (size_t i = 0; i < list.size(); ++i) {
      if (i > 0 && highest == std::numeric_limits<int32_t>::max()) {
        throw Error(ErrorKind::kUnsupported, "track {}, which leaves no label to further pieces",
                    highest);
      }
      list[i].label = i == 0 ? track : ++highest;
      list[i].parent = i == 0 ? 0 : list[i - 1].label;
    }
  }
}

}  // namespace

CtcLineage ctc_lineage(const TrackGraph& graph) {
  CtcLineage lineage{.shared = shared_in(graph)};
  const std::vector<Track> tracks = tracks_of(graph);
  auto pieces = pieces_by_track(graph);
  number_pieces(pieces, tracks.empty() ? 0 : tracks.back().id);
  for (const Track& track : tracks) {
    const auto own = pieces.find(track.id);
    if (own == pieces.end()) {
      lineage.parents[track.id] = track.parents;
      continue;
    }
    CtcPiece& first = own->second.front();
    for (const int32_t id : track.parents) {
      const auto parent = pieces.find(id);
      if (parent != pieces.end() && first.parent == 0) {
        first.parent = parent->second.back().label;
      }
    }
    if (track.parents.size() > 1 || (!track.parents.empty() && first.parent == 0)) {
      lineage.parents[track.id] = track.parents;
    }
  }
  for (const auto& [unused, list] : pieces) {
    lineage.pieces.insert(lineage.pieces.end(), list.begin(), list.end());
  }
  std::sort(lineage.pieces.begin(), lineage.pieces.end(),
            [](const CtcPiece& a, const CtcPiece& b) { return a.label < b.label; });
  return lineage;
}

std::string ctc_text(const CtcLineage& lineage) {
  std::string text;
  for (const CtcPiece& piece : lineage.pieces) {
    text += fmt::format("{} {} {} {}\n", piece.label, piece.first_frame, piece.last_frame,
                        piece.parent);
  }
  return text;
}

std::string ctc_sidecar(const CtcLineage& lineage) {
  nlohmann::ordered_json json = {
      {"what",
       "what res_track.txt has no place for: further parents, tracks that were away for a "
       "while, tracks that share pixels"},
      {"pieces", nlohmann::ordered_json::array()},
      {"parents", nlohmann::ordered_json::array()},
      {"shared", nlohmann::ordered_json::array()}};
  for (const CtcPiece& piece : lineage.pieces) {
    if (piece.label != piece.track) {
      json["pieces"].push_back({{"label", piece.label}, {"track", piece.track}});
    }
  }
  for (const auto& [track, parents] : lineage.parents) {
    json["parents"].push_back({{"track", track}, {"parents", parents}});
  }
  for (const CtcShared& shared : lineage.shared) {
    json["shared"].push_back(
        {{"frame", shared.frame}, {"label", shared.label}, {"tracks", shared.tracks}});
  }
  return json.dump(1) + "\n";
}

namespace {

struct Sidecar {
  std::map<int32_t, int32_t> tracks;  // by label
  std::map<int32_t, std::vector<int32_t>> parents;
  std::vector<CtcShared> shared;
};

Sidecar sidecar_of(std::string_view text) {
  Sidecar sidecar;
  if (text.empty()) {
    return sidecar;
  }
  try {
    const auto json = nlohmann::json::parse(text);
    for (const auto& piece : json.at("pieces")) {
      sidecar.tracks[json_int32(piece.at("label"), 1)] = json_int32(piece.at("track"), 1);
    }
    for (const auto& entry : json.at("parents")) {
      sidecar.parents[json_int32(entry.at("track"), 1)] = json_int32s(entry.at("parents"), 1);
    }
    for (const auto& entry : json.at("shared")) {
      sidecar.shared.push_back({.frame = json_whole(entry.at("frame"), 0, kMostFrames - 1),
                                .label = json_int32(entry.at("label"), 1),
                                .tracks = json_int32s(entry.at("tracks"), 1)});
    }
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::kBadFile, "is no sidecar of mote: {}", json_fault(error));
  } catch (const Error& error) {
    throw error.in("is no sidecar of mote");
  }
  return sidecar;
}

// Whether the lines agree with the parents that the sidecar tells: the one in the track's own line
// is among them; where it has none, none of them has a line that it could have named.
bool still_holds(int32_t track, const std::vector<int32_t>& parents,
                 const std::map<int32_t, int32_t>& parent_of,
                 const std::map<int32_t, int32_t>& track_of) {
  const auto line = parent_of.find(track);
  if (line == parent_of.end()) {
    return true;
  }
  if (line->second == 0) {
    return std::none_of(parents.begin(), parents.end(),
                        [&](int32_t id) { return track_of.contains(id); });
  }
  const auto told = track_of.find(line->second);
  return told != track_of.end() &&
         std::find(parents.begin(), parents.end(), told->second) != parents.end();
}

}  // namespace

CtcLineage ctc_lineage_of(const std::vector<Track>& lines, std::string_view sidecar_text) {
  const Sidecar sidecar = sidecar_of(sidecar_text);
  CtcLineage lineage{.shared = sidecar.shared};
  std::map<int32_t, int32_t> track_of;   // by label
  std::map<int32_t, int32_t> parent_of;  // label of the parent or 0, by label
  for (const Track& line : lines) {
    const int32_t parent = line.parents.empty() ? 0 : line.parents.front();
    // A later piece has a higher label than the one before, so that is known already.
    const auto written = sidecar.tracks.find(line.id);
    const auto before = track_of.find(parent);
    const int32_t track = written != sidecar.tracks.end() && before != track_of.end() &&
                                  before->second == written->second
                              ? written->second
                              : line.id;
    track_of[line.id] = track;
    parent_of.emplace(line.id, parent);
    lineage.pieces.push_back({.label = line.id,
                              .track = track,
                              .first_frame = line.first_frame,
                              .last_frame = line.last_frame,
                              .parent = parent});
  }
  for (const auto& [track, parents] : sidecar.parents) {
    if (still_holds(track, parents, parent_of, track_of)) {
      lineage.parents[track] = parents;
    }
  }
  return lineage;
}

void apply_ctc_lineage(TrackGraph& graph, const CtcLineage& lineage) {
  std::map<int32_t, const CtcPiece*> by_label;
  std::map<int32_t, Track> tracks;
  for (const CtcPiece& piece : lineage.pieces) {
    by_label[piece.label] = &piece;
  }
  for (const CtcPiece& piece : lineage.pieces) {
    const auto parent = by_label.find(piece.parent);
    if (parent != by_label.end() && parent->second->track != piece.track) {
      tracks[piece.track].parents = {parent->second->track};
    }
  }
  for (const auto& [track, parents] : lineage.parents) {
    tracks[track].parents = parents;
  }
  TracksByPlace shared;
  for (const CtcShared& place : lineage.shared) {
    shared[{place.frame, place.label}] = place.tracks;
  }
  const size_t own = graph.nodes.size();
  for (size_t i = 0; i < own; ++i) {
    const auto piece = by_label.find(graph.nodes[i].track);
    if (piece != by_label.end()) {
      graph.nodes[i].track = graph.nodes[i].label = piece->second->track;
    }
    const auto here = shared.find({graph.nodes[i].frame, graph.nodes[i].label});
    for (size_t k = 0; here != shared.end() && k < here->second.size(); ++k) {
      if (here->second[k] != graph.nodes[i].track) {
        graph.nodes.push_back(graph.nodes[i]);
        graph.nodes.back().track = here->second[k];
      }
    }
  }
  put_in_order(graph);
  std::vector<Track> list;
  for (auto& [id, track] : tracks) {
    track.id = id;
    list.push_back(std::move(track));
  }
  link_tracks(graph, list);
}

}  // namespace mote::io
