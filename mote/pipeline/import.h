#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mote/pipeline/progress.h"

namespace mote::pipeline {

struct ImportJob {
  std::string input;       ///< file or folder of another program
  std::string run;         ///< folder of the run that it corrects; empty: it stands by itself
  std::string recording;   ///< that it is of, for the size of its images; empty: as the file says
  std::string graph;       ///< napari's graph of a table of tracks; empty: graph.json beside it
  std::string pixel_size;  ///< as parse_pixel_size reads it, for positions in units of length
  double radius_px = 0;    ///< of particles that are points in the file; 0: as the file says
  std::string output;      ///< folder
  bool force = false;      ///< overwrite what an earlier import left there
};

struct ImportResult {
  std::string format;  ///< `TrackMate`, ...
  std::string output;
  int64_t frames = 0;
  int64_t instances = 0;
  int64_t tracks = 0;
  std::string next;  ///< the command that measures it
  std::vector<std::string> warnings;
};

/// Takes over tracks or masks of another program; docs/exchange.md has how each format is read.
///
/// With `run`, makes a copy of that run that is edited as the file says, for `mote measure` to
/// correct it by (docs/corrections.md): points are matched with the run's particles by their
/// labels, or by where they lie; masks take the place of the run's. Else writes `labels.tif`, with
/// points drawn as discs, and `tracks.csv`, which `mote measure` takes with `--tracks`.
///
/// Throws kNotFound, kBadFile, kUnsupported, kUsage or kResource, or Cancelled; the folder is whole
/// or not there.
ImportResult import_tracks(const ImportJob& job, const JobContext& context = {});

}  // namespace mote::pipeline
