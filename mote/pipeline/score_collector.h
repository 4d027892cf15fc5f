#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mote/core/calibration.h"
#include "mote/eval/average_precision.h"
#include "mote/eval/boundary.h"
#include "mote/eval/davis.h"
#include "mote/eval/events.h"
#include "mote/eval/foreground.h"
#include "mote/eval/instances.h"
#include "mote/pipeline/evaluate.h"
#include "mote/pipeline/frame_pairs.h"
#include "mote/pipeline/frame_score.h"
#include "mote/pipeline/score_source.h"

namespace mote::pipeline {

/// Sums up frames as they come: memory grows with the number of objects, not of pixels.
class ScoreCollector {
 public:
  /// `masks` as in score_frame; `tracks`: ids are those of tracks.
  ScoreCollector(bool masks, bool tracks) : masks_(masks), tracks_(tracks) {}

  void add(FrameScore&& frame);

  /// Appends what docs/metrics.md lists under Segmentation.
  void add_segmentation(const std::optional<PixelSize>& pixel_size,
                        std::vector<Score>& scores) const;

  /// The objects of both sides that match (`right`), and those that do not.
  eval::Counts objects() const;

  /// The overlaps of all frames, of tracks only.
  const std::vector<eval::Overlaps>& overlaps() const { return overlaps_; }

  /// The same as label images have them.
  const std::vector<eval::Overlaps>& flat_overlaps() const {
    return flat_overlaps_.empty() ? overlaps_ : flat_overlaps_;
  }

 private:
  void add_to_davis(const FrameScore& frame);

  bool masks_;
  bool tracks_;
  eval::SliversLeftOut slivers_;
  std::vector<eval::InstanceCounts> instances_;
  std::vector<eval::ForegroundCounts> foreground_;
  std::vector<eval::Overlaps> overlaps_;
  std::vector<eval::Overlaps> flat_overlaps_;  ///< of all frames or, where they are the same, none
  eval::AveragePrecisionCounter capped_{100};
  eval::AveragePrecisionCounter uncapped_{0};
  eval::Distances rims_px_;
  eval::Distances rims_nm_;  ///< where pixels are not square
  eval::DavisCounter sequence_;
  eval::DavisScores still_sums_;
  double still_objects_ = 0;
};

/// Appends what docs/metrics.md lists under Tracking; CTC's from `flat`, the frames as label
/// images.
void add_tracking(const std::vector<eval::Overlaps>& frames,
                  const std::vector<eval::Overlaps>& flat, const ScoreInfo& truth,
                  const ScoreInfo& result, std::vector<Score>& scores);

/// Scores the events after the first and up to the last of the scored frames, which `pairs` are;
/// dates count these.
eval::HistoryScores history_of(const std::vector<eval::Overlaps>& frames, const ScoreInfo& truth,
                               const ScoreInfo& result, const std::vector<FramePair>& pairs,
                               const eval::EventOptions& options);

/// Appends what docs/metrics.md lists under Events.
void add_events(const eval::HistoryScores& history, std::vector<Score>& scores);

}  // namespace mote::pipeline
