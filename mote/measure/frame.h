#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mote/core/grid.h"
#include "mote/measure/tables.h"

namespace mote::measure {

/// How many particles of this size stand behind one that does not touch the border: the inverse of
/// the chance that its bounding box lies inside the field's outermost rows and columns,
/// W H / ((W - Fx - 1) (H - Fy - 1)); 0 where it touches the border.
///
/// Miles, "On the elimination of edge effects in planar sampling", in Stochastic Geometry (Harding
/// and Kendall), 1974; Lantuejoul, "Computation of the histograms of the number of edges and
/// neighbours of cells in a tessellation", 1978; as Horvitz-Thompson weights. ISO 13322-1, 7.
double border_weight(const InstanceMeasures& instance, Size field);

/// One row of particles.csv.
ParticleRow particle_row(const FrameInfo& info, const InstanceMeasures& measures,
                         std::vector<int32_t> tracks, int32_t cluster, Size field);

/// How far an instance reaches from its centroid, down or up and right or left: the distance to the
/// farther side of its bounding box.
Point reach_px(const InstanceMeasures& instance);

/// The box of specimen coordinates in which every frame sees particles whole: what the field covers
/// in every frame, given each frame's drift, less a margin of `reach` and 1 px on every side.
/// Nothing where no pixel is left.
///
/// Where `reach` is the greatest reach of the recording's instances, no centre in the window can be
/// that of a particle cut by the field, so drift alone changes no count.
std::optional<Box> common_window(std::span<const Point> drift, Size field, Point reach);

struct FrameStatisticsOptions {
  int64_t resamples = 200;           ///< bootstrap resamples of an interval
  uint64_t seed = 1;                 ///< with the frame's number, seeds the bootstrap
  int64_t excluded_px = 0;           ///< pixels of the field that are no specimen
  std::optional<Box> common_window;  ///< in specimen coordinates
  int64_t window_excluded_px = 0;    ///< of excluded_px, those in the common window in this frame
};

/// One row of frames.csv from all instances of a frame; `values`, `warnings` and flags of the
/// pipeline's own are the caller's to add. Thread-safe; cost is linear in particles.
///
/// Sizes leave shared instances out. Intervals are percentile bootstrap intervals that resample
/// clusters whole (Efron, "Bootstrap methods: another look at the jackknife", 1979).
FrameRow frame_row(const FrameInfo& info, std::span<const ParticleRow> particles, Size field,
                   const FrameStatisticsOptions& options = {});

/// What frame_row's flags mean, one line each, for the report: (flag, meaning).
std::vector<std::pair<std::string, std::string>> frame_flags();

/// How many sized particles a whole recording or set of stills has, and how widely they spread.
class SizeSample {
 public:
  void add(const ParticleRow& particle);
  int64_t count() const { return count_; }
  /// What to say of two or more particles that are fewer than ISO 13322-1 asks for a volume mean or
  /// percentiles; nothing where they are enough.
  std::optional<std::string> note() const;

 private:
  int64_t count_ = 0;
  double mean_log_ = 0;
  double sum_squares_log_ = 0;
};

}  // namespace mote::measure
