#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/calibration.h"
#include "mote/eval/boundary.h"
#include "mote/eval/foreground.h"
#include "mote/eval/instances.h"
#include "mote/eval/objects.h"
#include "mote/eval/slivers.h"
#include "mote/pipeline/frame_pairs.h"
#include "mote/pipeline/score_source.h"

namespace mote::pipeline {

/// The rims of a match, in pixels and, where they are not square, in nanometres apart.
struct RimScore {
  eval::Distances px;
  eval::Distances nm;
};

/// All that is known of how one frame agrees.
struct FrameScore {
  int64_t number = 0;
  eval::SliversLeftOut slivers;
  eval::Overlaps overlaps;
  /// The same of label images, where objects may overlap and tracks are scored.
  std::optional<eval::Overlaps> flat_overlaps;
  eval::InstanceCounts instances;
  eval::ForegroundCounts foreground;  ///< of masks alone, as what follows
  std::vector<RimScore> rims;         ///< of every match
  std::vector<double> boundary_fs;    ///< of every pair that overlaps
};

struct FrameScoring {
  bool masks = true;              ///< both sides have them
  bool tracks = false;            ///< ids are those of tracks
  int64_t border_sliver_px2 = 0;  ///< as leave_out_slivers takes it
  std::optional<PixelSize> pixel_size;
};

/// Scores one frame.
/// Throws kUsage where the sizes differ, and as the sources' `read`.
FrameScore score_frame(ScoreSource& truth, ScoreSource& result, const FramePair& frame,
                       const FrameScoring& options);

/// The rows of `--per-frame` and `--per-object`, with and without a header line.
std::string per_frame_header();
std::string per_frame_row(const FrameScore& frame, bool masks);
std::string per_object_header();
std::string per_object_rows(const FrameScore& frame);

}  // namespace mote::pipeline
