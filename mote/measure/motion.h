#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/measure/brownian.h"
#include "mote/measure/msd.h"
#include "mote/measure/tables.h"

namespace mote::measure {

struct MotionOptions {
  /// Usual time between frames; where it is known, time stamps date every position.
  std::optional<double> interval_s;
  /// Exposure; where it is not known, the whole of the interval is taken for it, as of a camera
  /// that never stops collecting.
  std::optional<double> exposure_s;
  int64_t min_displacements = 20;  ///< nothing is fitted below
  double immobile_p = 0.01;        ///< a track is mobile below this p value
};

/// A row of motion.csv: how one track moves on the specimen. Lengths in px (of the geometric mean
/// of a pixel's sides), times in frame intervals; nothing where `note` says why.
struct MotionRow {
  int32_t track = 0;
  std::optional<PixelSize> pixel_size;
  std::optional<double> interval_s;
  int64_t n_displacements = 0;
  int64_t n_pieces = 0;           ///< between intervals that it shares with others
  double exposure_intervals = 1;  ///< exposure over frame interval
  std::string exposure_source;    ///< `known` or `assumed`
  std::optional<Interval> diffusion;
  std::optional<double> diffusion_se;
  std::optional<Interval> localisation;
  double drift_diffusion = 0;  ///< the D that the drift residual alone may feign
  std::optional<double> p_immobile;
  std::optional<bool> mobile;
  std::optional<AnomalousFit> anomalous;
  std::string note;  ///< why values lack
};

/// A row of msd.csv: a mean squared displacement over tracks, or pairs of tracks, at one lag.
struct MsdRow {
  std::string of;  ///< `track`, or `pair`
  std::optional<PixelSize> pixel_size;
  std::optional<double> interval_s;
  int64_t lag_intervals = 0;
  double msd_px2 = 0;
  std::optional<double> low_px2;
  std::optional<double> high_px2;
  int64_t n_tracks = 0;  ///< tracks or pairs
  int64_t n_displacements = 0;
};

/// Measures the motion of one track from its instances, given in order, in memory that grows with
/// the logarithm of their number.
///
/// Positions are those on the specimen. Instances at the border are left out, and the displacement
/// over such a gap counts with its time; at an instance shared with another track the motion is
/// broken off, since centroids jump there.
class TrackMotion {
 public:
  TrackMotion(int32_t track, const MotionOptions& options);

  /// `drift_residual_px`: rms error of the frame's drift, 0 where there is none.
  void add(const ParticleRow& particle, double drift_residual_px);
  MotionRow row() const;
  std::span<const LagSums::Sum> lag_sums() const { return lags_.sums(); }

 private:
  MotionOptions options_;
  MotionRow row_;
  BrownianLikelihood likelihood_;
  LagSums lags_;
  std::optional<Point> last_;
  double last_time_ = 0;   // in intervals
  double first_time_ = 0;  // of all
  int64_t positions_ = 0;
  double residual_squares_ = 0;
};

/// Measures the motion of all tracks of a recording, frame by frame, and the mean squared
/// displacement of tracks and of neighbouring pairs against one another.
///
/// A track's partner is the particle that is nearest to it where it is first seen whole; they are
/// compared for as long as both live. The drift takes no part in their distance.
class MotionCollector {
 public:
  MotionCollector(std::span<const Track> tracks, const MotionOptions& options);

  /// The particles of the next frame, frames in order.
  void add(std::span<const ParticleRow> particles, double drift_residual_px);

  /// Rows in order of track; ends the collection.
  std::vector<MotionRow> rows();
  std::vector<MsdRow> curves() const;

 private:
  using Curve = std::vector<std::pair<RatioOfSums, int64_t>>;  // with displacements
  struct Seen {
    Point position;
    double time = 0;
  };
  void add_pairs(const std::map<int32_t, Seen>& seen, const std::set<int32_t>& shared);
  void find_partners(const std::map<int32_t, Seen>& seen);
  void retire(int64_t frame);
  static void fold(std::span<const LagSums::Sum> sums, Curve& curve, double share);

  MotionOptions options_;
  std::map<int32_t, int64_t> last_frames_;
  std::map<int32_t, TrackMotion> tracks_;
  std::map<std::pair<int32_t, int32_t>, LagSums> pairs_;
  std::set<int32_t> partnered_;
  std::vector<MotionRow> rows_;
  Curve of_tracks_;
  Curve of_pairs_;
  std::optional<PixelSize> pixel_size_;
};

const std::vector<Column<MotionRow>>& motion_columns();
const std::vector<Column<MsdRow>>& msd_columns();

}  // namespace mote::measure
