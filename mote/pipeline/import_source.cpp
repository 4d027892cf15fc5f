#include "mote/pipeline/import_source.h"

#include <algorithm>
#include <filesystem>

#include "mote/core/error.h"
#include "mote/io/file.h"
#include "mote/io/frame_number.h"
#include "mote/io/geff_tracks.h"
#include "mote/io/track_csv.h"
#include "mote/io/trackmate.h"
#include "mote/io/zip.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/import_masks.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;

bool has(const std::string& folder, const char* file) {
  return exists(folder + "/" + file);
}

ImportedTracks of_graph(std::string format, TrackGraph graph) {
  number_tracks(graph);
  put_in_order(graph);
  return {.format = std::move(format), .graph = std::move(graph)};
}

// Whether an edge leads from one track to another, as where a table names the parents of nodes.
bool has_parents(const TrackGraph& graph) {
  return std::any_of(graph.edges.begin(), graph.edges.end(), [&](const auto& edge) {
    const int32_t from = graph.nodes[edge.first].track;
    return from == 0 || from != graph.nodes[edge.second].track;
  });
}

// Where nothing else fits a file or folder.
ImportedTracks read_images_or_nothing(const std::string& path, const JobContext& context) {
  try {
    return read_label_images(path, context);
  } catch (const Error& error) {
    const bool unknown =
        error.kind() == ErrorKind::kUnsupported || error.kind() == ErrorKind::kNotFound;
    if (!unknown) {
      throw;
    }
    throw Error(error.kind(),
                "{}; tracks and masks are taken from GEFF, folders of the Cell Tracking Challenge, "
                "TrackMate's XML, tables (.csv), COCO's JSON, MOTS (.txt), ImageJ's ROIs and label "
                "images",
                error.what());
  }
}

ImportedTracks read_table(const std::string& path, const ImportReading& reading) {
  auto [graph, raised_by] = parsed_file(path, io::track_table);
  const std::string beside = (fs::path(path).parent_path() / "graph.json").string();
  const std::string parents = reading.graph.empty() && exists(beside) ? beside : reading.graph;
  if (!parents.empty()) {
    parsed_file(parents, [&graph = graph, &raised_by = raised_by](const std::string& text) {
      io::link_by_napari_graph(graph, text, raised_by);
    });
    return of_graph("napari tracks", std::move(graph));
  }
  const bool parents_told = has_parents(graph);
  ImportedTracks tracks = of_graph("table of tracks", std::move(graph));
  tracks.parents = parents_told;
  return tracks;
}

ImportedTracks read_folder(const std::string& path, const ImportReading& reading,
                           const JobContext& context) {
  if (has(path, "res_track.txt") || has(path, "man_track.txt")) {
    return read_ctc_folder(path, context);
  }
  if (has(path, "tracks.csv") && has(path, "graph.json")) {
    return read_table(path + "/tracks.csv", reading);
  }
  if (has(path, "mots.txt")) {
    return read_mots_text(path + "/mots.txt", context);
  }
  if (io::looks_like_geff(path)) {
    return of_graph("GEFF", io::tracks_of_geff(io::read_geff(path), reading.pixel_size));
  }
  return read_images_or_nothing(path, context);
}

ImportedTracks read_one(const std::string& path, const ImportReading& reading,
                        const JobContext& context) {
  if (is_folder(path)) {
    return read_folder(path, reading, context);
  }
  constexpr int64_t kSignatureBytes = 4096;
  if (!exists(path) && path.find_first_of("*?[") != std::string::npos) {
    return read_label_images(path, context);
  }
  const std::string leading = io::File(path).leading_bytes(kSignatureBytes);
  if (io::looks_like_zip(leading) || leading.starts_with("Iout")) {
    return read_imagej_rois(path, reading.size, context);
  }
  if (leading.find("<TrackMate") != std::string::npos) {
    return of_graph("TrackMate", io::trackmate_graph(read_file(path)));
  }
  const size_t first = leading.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && (leading[first] == '{' || leading[first] == '[')) {
    return read_coco_masks(path, context);
  }
  const std::string extension = fs::path(path).extension().string();
  if (extension == ".csv") {
    return read_table(path, reading);
  }
  if (extension == ".txt") {
    return read_mots_text(path, context);
  }
  return read_images_or_nothing(path, context);
}

}  // namespace

ImportedTracks read_tracks(const std::string& path, const ImportReading& reading,
                           const JobContext& context) {
  try {
    ImportedTracks tracks = read_one(path, reading, context);
    tracks.input = path;
    if (!reading.graph.empty() && !tracks.format.starts_with("napari")) {
      throw Error(ErrorKind::kUsage, "--graph is for a table of tracks, not for {}", tracks.format);
    }
    if (tracks.graph.nodes.empty()) {
      throw Error(ErrorKind::kBadFile, "{}: holds no particle", tracks.format);
    }
    if (tracks.graph.frames > io::kMostFrames) {
      throw Error(ErrorKind::kBadFile, "{}: goes to frame {}, expected {} frames at the most",
                  tracks.format, tracks.graph.frames - 1, io::kMostFrames);
    }
    return tracks;
  } catch (const Error& error) {
    throw std::string_view(error.what()).starts_with(path) ? error : error.in(path);
  }
}

}  // namespace mote::pipeline
