#pragma once

#include <cstdint>
#include <memory>

#include "mote/track/tracker.h"

namespace mote::track {

struct OverlapOptions {
  /// Farthest that a particle moves between two frames, drift aside; 0 takes 20 px, or half of the
  /// way to the nearest other particle where that is less.
  double max_distance_px = 0;
  double max_gap = 3;  ///< longest absence that is bridged, in TrackerFrame::time
  /// The same of what vanishes at full size and comes back in its place, in size and place alike.
  double max_contrast_gap = 30;
  double confirm = 10;            ///< how long a merge or split must persist, in TrackerFrame::time
  double merge_neck_ratio = 0.7;  ///< two tracks in contact become one above this
  double split_neck_ratio = 0.5;  ///< one track becomes two below this; also dates a merge
  double join_neck_ratio = 0.6;   ///< regions that are new are one particle from it on; 1: never
  /// Frames are handed back so many pushes late, so that what flickers can be told from what stays;
  /// a split that has persisted for so long is believed even if `confirm` is longer.
  int64_t lag_frames = 12;
  double border_px = 3;  ///< a track that begins or ends so near the border entered or left
};

/// Images of so many frames the pipeline is ready to keep.
inline constexpr int64_t kMostLagFrames = 64;

/// The least lag that keeps `confirm` for splits too, where frames are `per_frame` apart; no less
/// than the default and no more than kMostLagFrames, where splits are believed sooner.
int64_t lag_frames_for(double confirm, double per_frame);

/// Links regions by overlap and drift-corrected distance, and keeps the lineage of what touches,
/// merges, parts and splits.
/// Throws kUsage on values out of range.
std::unique_ptr<Tracker> make_overlap_tracker(const OverlapOptions& options, Size field);

}  // namespace mote::track
