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
  eval::Overlaps overlaps;
  /// The same of label images, where objects may overlap and tracks are scored.
  std::optional<eval::Overlaps> flat_overlaps;
  eval::InstanceCounts instances;
  eval::ForegroundCounts foreground;  ///< of masks alone, as what follows
  std::vector<RimScore> rims;         ///< of every match
  std::vector<double> boundary_fs;    ///< of every pair that overlaps
};

/// Scores one frame; `masks` says that both sides have them, `tracks` that ids are those of tracks.
/// Throws kUsage where the sizes differ, and as the sources' `read`.
FrameScore score_frame(ScoreSource& truth, ScoreSource& result, const FramePair& frame, bool masks,
                       bool tracks, const std::optional<PixelSize>& pixel_size);

/// The rows of `--per-frame` and `--per-object`, with and without a header line.
std::string per_frame_header();
std::string per_frame_row(const FrameScore& frame, bool masks);
std::string per_object_header();
std::string per_object_rows(const FrameScore& frame);

}  // namespace mote::pipeline
