#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/calibration.h"
#include "mote/core/mask.h"
#include "mote/core/track_graph.h"
#include "mote/pipeline/progress.h"

namespace mote::pipeline {

/// What is asked of a file besides what it says.
struct ImportReading {
  std::string graph;  ///< napari's graph for a table of tracks; empty: graph.json beside, if any
  std::optional<PixelSize> pixel_size;  ///< for positions in units of length
  Size size;                            ///< of the images, where known; ImageJ's ROIs do not say
};

/// Tracks or masks of another program.
struct ImportedTracks {
  std::string input;    ///< the file or folder that they are of, as it was named
  std::string format;   ///< `TrackMate`, `GEFF`, `CTC`, `COCO`, ...
  TrackGraph graph;     ///< every node has its track; positions, or those of the masks
  bool tracked = true;  ///< numbers are those of tracks; else of instances, frame by frame
  bool parents = true;  ///< the format tells who comes of whom
  /// Label images by frame, with the numbers of `graph`'s tracks; empty where the format has
  /// points alone. Thread-safe. Throws kBadFile, with the path in front.
  std::function<LabelImage(int64_t frame)> labels;
  std::vector<std::string> warnings;
};

/// Opens a file or folder by what it holds: GEFF, a CTC folder, a TrackMate session, napari's or
/// another table of tracks, COCO JSON, a MOTS text, ImageJ ROIs, or label images.
/// Throws kNotFound, kUnsupported, kBadFile or kUsage, with the path in front, and Cancelled.
ImportedTracks read_tracks(const std::string& path, const ImportReading& reading,
                           const JobContext& context);

}  // namespace mote::pipeline
