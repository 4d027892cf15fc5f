#include <limits>
#include <map>

#include <fmt/format.h>

#include "mote/core/error.h"
#include "mote/core/image.h"
#include "mote/core/mask.h"
#include "mote/io/ctc_lineage.h"
#include "mote/io/geff_tracks.h"
#include "mote/io/tiff_writer.h"
#include "mote/io/track_csv.h"
#include "mote/io/trackmate.h"
#include "mote/pipeline/export_writers.h"
#include "mote/pipeline/file.h"

namespace mote::pipeline {
namespace {

using PieceByTrack = std::map<int32_t, std::vector<io::CtcPiece>>;

// The label image of a frame as the challenge has it: 16 bits, later pieces of a track renumbered.
Image ctc_mask(const LabelImage& labels, int64_t frame, const PieceByTrack& pieces) {
  std::map<int32_t, uint16_t> written;
  for (const auto& [track, list] : pieces) {
    for (const io::CtcPiece& piece : list) {
      if (frame >= piece.first_frame && frame <= piece.last_frame) {
        written[track] = static_cast<uint16_t>(piece.label);
      }
    }
  }
  Image mask(labels.size(), SampleType::kUint16);
  uint16_t* to = mask.as<uint16_t>();
  for (const int32_t label : labels.values()) {
    const auto found = label == 0 ? written.end() : written.find(label);
    *to++ = found == written.end() ? uint16_t{0} : found->second;
  }
  return mask;
}

}  // namespace

void export_geff(ExportSource& source, const std::string& path) {
  io::write_geff(path, io::geff_of(source.graph()));
}

void export_trackmate(ExportSource& source, const std::string& path) {
  io::write_trackmate(source.graph(), path,
                      [&](int64_t frame) { return masks_of(source.labels_of(frame)); });
}

void export_napari(ExportSource& source, const std::string& path) {
  io::write_napari(source.graph(), path + "/tracks.csv", path + "/graph.json");
}

void export_ctc(ExportSource& source, const std::string& path) {
  const io::CtcLineage lineage = io::ctc_lineage(source.graph());
  PieceByTrack pieces;
  for (const io::CtcPiece& piece : lineage.pieces) {
    if (piece.label > std::numeric_limits<uint16_t>::max()) {
      throw Error(ErrorKind::kUnsupported,
                  "track {}: masks of the Cell Tracking Challenge have numbers up to 65535",
                  piece.label);
    }
    pieces[piece.track].push_back(piece);
  }
  const int digits = source.graph().frames > 1000 ? 4 : 3;
  source.for_each_labels([&](int64_t frame, const LabelImage& labels) {
    io::TiffWriter mask(fmt::format("{}/mask{:0{}}.tif", path, frame, digits), {.frames = 1});
    mask.write(ctc_mask(labels, frame, pieces));
    mask.close();
  });
  write_file(path + "/res_track.txt", io::ctc_text(lineage));
  write_file(path + "/" + io::kCtcSidecar, io::ctc_sidecar(lineage));
  if (!lineage.parents.empty() || !lineage.shared.empty()) {
    source.warn(
        fmt::format("{} tracks have more parents than a line of the challenge's holds, and in {} "
                    "places several "
                    "tracks share pixels: {} beside it has the rest",
                    lineage.parents.size(), lineage.shared.size(), io::kCtcSidecar));
  }
}

}  // namespace mote::pipeline
