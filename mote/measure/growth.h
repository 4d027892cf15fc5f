#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/measure/brownian.h"
#include "mote/measure/critical_radius.h"
#include "mote/measure/ensemble.h"
#include "mote/measure/growth_fit.h"
#include "mote/measure/survival.h"
#include "mote/measure/tables.h"
#include "mote/measure/track.h"

namespace mote::measure {

struct GrowthOptions {
  int64_t frames = 0;                ///< of the recording
  std::optional<double> interval_s;  ///< as MotionOptions
  int64_t time_bins = 120;           ///< of <r>(t), at most
  int64_t rate_bins = 20;            ///< of dr/dt, at most; of at least 10 frames
  int64_t min_rate_instances = 5;    ///< that a rate is a slope of
  int64_t min_tracks = 10;           ///< no ensemble fit below
  double isothermal_range = 2;       ///< degrees within which a stretch is isothermal
  int64_t resamples = 200;           ///< bootstrap over families of tracks
  uint64_t seed = 1;
};

/// What all rows of growth tables share. Lengths in px, times in frame intervals.
struct GrowthUnits {
  std::optional<PixelSize> pixel_size;
  std::optional<double> interval_s;
};

/// A row of growth.csv: one fit of <r> = (r0^n + k t)^(1/n) over one isothermal stretch.
struct GrowthRow {
  GrowthUnits units;
  int64_t stretch = 1;
  int64_t first_frame = 0;
  int64_t last_frame = 0;
  std::optional<double> temperature;  ///< mean of the stretch, as recorded; nothing without a log
  std::string coalescence;            ///< `as_seen`, or `modelled_out`
  std::string exponent;               ///< `free`, `2`, `3` or `4`
  std::optional<Interval> n;          ///< the interval is a point where n is given
  std::optional<Interval> r0_px;
  std::optional<Interval> k;  ///< px^n a frame interval
  std::optional<double> rms_px;
  std::optional<double> growth;  ///< last over first value of the fitted <r>
  int64_t n_tracks = 0;
  int64_t n_families = 0;
  std::string verdict;
};

/// A row of rates.csv: how fast one particle grows in one time bin.
struct RateRow {
  GrowthUnits units;
  int32_t track = 0;
  int64_t bin = 0;
  int64_t first_frame = 0;  ///< of its instances in the bin
  int64_t last_frame = 0;
  double time = 0;  ///< their mean
  int64_t n_instances = 0;
  double radius_px = 0;
  double rate = 0;  ///< px a frame interval
  double rate_se = 0;
  std::optional<Interval> critical_radius_px;  ///< of all particles of the bin, whatever the law
  std::optional<Interval> law_n;  ///< of the law of all rates of the isothermal stretch
  std::optional<Interval> law_critical_radius_px;  ///< of the bin, by that law
  std::string law_verdict;
};

/// A row of survival.csv.
struct SurvivalRow {
  int64_t size_class = 1;  ///< from the smallest on
  double least_radius_px = 0;
  double greatest_radius_px = 0;
  int64_t n_tracks = 0;
  int64_t frame = 0;
  std::optional<double> time_s;
  SurvivalStep step;
  std::optional<PixelSize> pixel_size;
};

/// Follows the sizes of all tracks of a recording, frame by frame: growth laws of the ensemble,
/// rates of single particles, survival. Sizes leave shared and border instances out, as
/// TrackAccumulator does; in <r> the others have their border weights. Memory is bounded by the
/// time bins of each track.
class GrowthCollector {
 public:
  GrowthCollector(const Lineage& lineage, const std::map<int32_t, TrackEnds>& ends,
                  const GrowthOptions& options);

  /// The particles of the next frame, frames in order; `temperature` of the frame where it is
  /// recorded, in any unit of a degree.
  void add(const FrameInfo& info, std::span<const ParticleRow> particles,
           std::optional<double> temperature);

  /// After the last frame. Growth by the ensemble, in versions with coalescence as seen and
  /// modelled out (Ensemble), with free n and n = 2, 3, 4. Where temperatures are recorded, one fit
  /// for every stretch in which they keep within isothermal_range.
  std::vector<GrowthRow> growth() const;

  /// Rates in order of bin and track, with the critical radius of each bin, and the law that all
  /// rates of an isothermal stretch follow (RipeningFit). Intervals are bootstraps over families;
  /// that of n holds besides what a boundary off by up to the convention of sizes changes.
  std::vector<RateRow> rates();

  /// Kaplan-Meier curves of thirds of the tracks by their first radius. A track is at risk from its
  /// first frame on (those of frame 0 from there: their births were not seen), dies by `dissolved`
  /// in the first frame without it, and is censored by every other end, coalescence among them.
  std::vector<SurvivalRow> survival() const;

 private:
  struct Rate {
    RateRow row;
    size_t family = 0;
    double span = 0;
  };
  struct Open {  // what a track has of the time bin under way
    int64_t first_frame = 0;
    int64_t last_frame = 0;
    double first_time = 0;
    double last_time = 0;
    RunningLine line;
    RunningLine times;
  };
  GrowthUnits units() const {
    return {.pixel_size = pixel_size_, .interval_s = options_.interval_s};
  }
  /// What the boundary's convention leaves of all radii alike; 0 where it is not known.
  double boundary_se_px() const { return convention_.count() > 0 ? convention_.mean_y() : 0; }
  void add_growth(const Stretch& stretch, int64_t number, std::vector<GrowthRow>& out) const;
  void close(int32_t track, const Open& open);
  void close_all();
  std::optional<Interval> critical_radius_of(std::span<const Rate> rates, int64_t bin) const;
  void add_law(std::vector<RateRow>& rows) const;
  void add_law(std::span<const Rate> rates, std::span<RateRow> rows) const;
  int64_t rate_bins() const;

  GrowthOptions options_;
  std::vector<Track> tracks_;
  std::map<int32_t, TrackEnds> ends_;
  Ensemble ensemble_;
  std::map<int32_t, Open> open_;
  int64_t bin_ = 0;
  std::vector<Rate> rates_;
  RunningLine convention_;  // standard uncertainties of the radius
  std::vector<std::optional<double>> frame_times_s_;
  std::optional<PixelSize> pixel_size_;
};

const std::vector<Column<GrowthRow>>& growth_columns();
const std::vector<Column<RateRow>>& rate_columns();
const std::vector<Column<SurvivalRow>>& survival_columns();

}  // namespace mote::measure
