#include "mote/pipeline/export.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "mote/core/error.h"
#include "mote/io/ctc_lineage.h"
#include "mote/io/ome_zarr_writer.h"
#include "mote/pipeline/export_source.h"
#include "mote/pipeline/export_writers.h"
#include "mote/pipeline/run_tracks.h"
#include "mote/pipeline/staged_output.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;

using Writer = void (*)(ExportSource& source, const std::string& path);

struct Entry {
  ExportFormat format;
  bool folder = false;  // made before the writer is called
  Writer write = nullptr;
  std::vector<std::string> names;  // that the folder holds
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all = {
      {{"geff", "Graph Exchange File Format: tracks with splits and merges", ".geff", true},
       {},
       export_geff,
       {"nodes", "edges", ".z*", "zarr.json"}},
      {{"ctc", "Cell Tracking Challenge: masks and res_track.txt", "_ctc", true},
       true,
       export_ctc,
       {"mask*.tif", "res_track.txt", io::kCtcSidecar}},
      {{"trackmate", "TrackMate session (XML): spots and links", ".xml", true},
       {},
       export_trackmate},
      {{"napari", "Tracks layer of napari: table and graph", "_napari", true},
       true,
       export_napari,
       {"tracks.csv", "graph.json"}},
      {{"coco", "COCO JSON: masks as runs, for CVAT and detectors", ".json"}, {}, export_coco},
      {{"mots", "MOTS: masks with ids, as text and PNG", "_mots", true},
       true,
       export_mots,
       {"mots.txt", "??????.png"}},
      {{"yolo", "YOLO-seg: outlines, a text a frame", "_yolo"}, true, export_yolo, {"frame_*.txt"}},
      {{"ome-tiff", "OME-TIFF of label images, particles as ROIs", ".ome.tif"},
       {},
       export_ome_tiff},
      {{"ome-zarr", "OME-Zarr of label images, for napari and large recordings", ".ome.zarr"},
       {},
       export_ome_zarr,
       io::ome_zarr_names()},
      {{"imagej-roi", "ROI manager of ImageJ and Fiji", "_RoiSet.zip"}, {}, export_imagej_roi},
  };
  return all;
}

const Entry& entry_of(const std::string& name) {
  const auto found = std::find_if(entries().begin(), entries().end(),
                                  [&](const Entry& entry) { return name == entry.format.name; });
  if (found == entries().end()) {
    std::vector<std::string> names;
    for (const Entry& entry : entries()) {
      names.emplace_back(entry.format.name);
    }
    throw Error(ErrorKind::kUsage, "'{}' is no format to export to, expected one of {}", name,
                fmt::join(names, ", "));
  }
  return *found;
}

std::string default_output(const std::string& run, const ExportFormat& format) {
  fs::path path = fs::absolute(run).lexically_normal();
  if (!path.has_filename()) {
    path = path.parent_path();
  }
  return path.filename().string() + format.ending;
}

// --force replaces an earlier export, never what the run wrote.
void require_none_of_run(const std::string& run, const std::string& output) {
  std::error_code ignored;
  const fs::path folder = fs::absolute(output, ignored).lexically_normal().parent_path();
  if (fs::exists(output, ignored) && fs::equivalent(folder, run, ignored)) {
    throw Error(ErrorKind::kUsage, "{}: lies in the run itself: choose another output", output);
  }
}

}  // namespace

std::span<const ExportFormat> export_formats() {
  static const std::vector<ExportFormat> formats = [] {
    std::vector<ExportFormat> list;
    for (const Entry& entry : entries()) {
      list.push_back(entry.format);
    }
    return list;
  }();
  return formats;
}

ExportResult export_run(const ExportJob& job, const JobContext& context) {
  const Entry& entry = entry_of(job.to);
  const std::string output =
      job.output.empty() ? default_output(job.run, entry.format) : job.output;
  ExportSource source(job.run, context);
  if (entry.format.tracks && !source.tracked()) {
    throw Error(ErrorKind::kUsage, "{}: this run has no tracks, which {} is made of", job.run,
                job.to);
  }
  require_none_of_run(job.run, output);
  const StagedOutput stage(output, job.force, entry.names);
  const auto write = [&](const std::string& path) { entry.write(source, path); };
  if (entry.folder) {
    stage.publish_folder(write);
  } else {
    stage.publish(write);
  }
  const TrackCounts counts = counts_of(source.graph());
  return {.output = output,
          .frames = source.graph().frames,
          .instances = counts.instances,
          .tracks = source.tracked() ? counts.tracks : 0,
          .warnings = source.warnings()};
}

}  // namespace mote::pipeline
