#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/measure/tables.h"

namespace mote::measure {

/// How a track begins and ends: the name of the event that did it, or `recording_start` and
/// `recording_end`.
struct TrackEnds {
  std::string start_cause = "recording_start";
  std::string end_cause = "recording_end";
  std::vector<int32_t> children;

  bool operator==(const TrackEnds&) const = default;
};

/// The ends of every track, by id.
std::map<int32_t, TrackEnds> track_ends(const Lineage& lineage);

/// Mean, variance and straight line of a stream of points, in constant memory.
class RunningLine {
 public:
  void add(double x, double y);

  int64_t count() const { return count_; }
  double mean_y() const { return mean_y_; }
  std::optional<double> sd_y() const;      ///< from two points on
  std::optional<double> slope() const;     ///< from two distinct x on
  std::optional<double> slope_se() const;  ///< from three points on

 private:
  int64_t count_ = 0;
  double mean_x_ = 0;
  double mean_y_ = 0;
  double xx_ = 0;
  double xy_ = 0;
  double yy_ = 0;
};

/// What known standard uncertainties of the y of a stream of points make of their mean and of
/// their least-squares line, in constant memory: root of sum of s² / n, and root of sum of
/// ((x - mean x) s)² / sum of (x - mean x)² (GUM, JCGM 100:2008, 5.1.2).
class CarriedUncertainty {
 public:
  void add(double x, double se);

  std::optional<double> of_mean() const;   ///< from one point on
  std::optional<double> of_slope() const;  ///< from two distinct x on

 private:
  int64_t count_ = 0;
  double first_x_ = 0;
  double x_ = 0;  // sums of x from first_x_, and of variances times its powers
  double xx_ = 0;
  double variance_ = 0;
  double variance_x_ = 0;
  double variance_xx_ = 0;
};

/// Makes one row of tracks.csv from the track's instances, given in order, in constant memory.
class TrackAccumulator {
 public:
  TrackAccumulator(const Track& track, const TrackEnds& ends);

  void add(const ParticleRow& particle);
  TrackRow row() const;

 private:
  struct Position {
    Point camera;
    Point specimen;
  };

  void add_uncertainty(const ParticleRow& particle);

  TrackRow row_;
  RunningLine ecd_by_frame_;
  RunningLine ecd_by_time_;
  RunningLine intensity_;
  CarriedUncertainty se_by_frame_;
  CarriedUncertainty se_by_time_;
  RunningLine convention_;
  bool edges_seen_ = true;  // of all sized instances
  Position first_;          // that is sized
  Position last_;
  double path_px_ = 0;
  double path_camera_px_ = 0;
};

}  // namespace mote::measure
