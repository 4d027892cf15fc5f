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
#include "mote/measure/budget.h"
#include "mote/measure/fates.h"
#include "mote/measure/growth.h"
#include "mote/measure/motion.h"
#include "mote/measure/neck_fits.h"
#include "mote/measure/tables.h"
#include "mote/report/figure.h"
#include "mote/report/thinned.h"

namespace mote::report {

/// Tables of a run that figures are drawn from.
struct FigureTables {
  std::vector<measure::BudgetRow> budget;
  std::vector<measure::RateRow> rates;
  std::vector<measure::SurvivalRow> survival;
  std::vector<measure::MsdRow> msd;
  std::vector<measure::NeckCurve> necks;
  std::vector<measure::NeckFitRow> neck_fits;
  bool necks_timed = false;  ///< the times of `necks` are in seconds, else in frames
};

/// A figure that is not drawn: its name, and why.
struct MissingFigure {
  std::string name;
  std::string why;

  bool operator==(const MissingFigure&) const = default;
};

struct FigureSet {
  std::vector<Figure> figures;
  std::vector<MissingFigure> missing;
};

/// How much figures hold at most; more is thinned out evenly.
struct FigureLimits {
  int64_t frames = 1000;         ///< of a curve over time
  int64_t track_points = 30000;  ///< of all tracks together
  int64_t tracks = 2000;         ///< the longest are drawn
  int64_t rates = 8000;
  int64_t necks = 20000;  ///< of all pairs together
};

/// The sizes of one frame that a distribution is drawn of.
struct SizesAtTime {
  measure::FrameInfo info;
  std::vector<double> ecd_px;
  std::vector<double> weights;  ///< border weights
};

/// What all figures of a run say lengths and times in.
struct FigureUnits {
  std::string length;        ///< `nm`, `µm`, `px`
  std::string length_ascii;  ///< the same in names of columns
  double per_pixel = 1;
  bool timed = false;  ///< every frame has a time; else time counts frames

  FigureAxis time() const;
  double time_of(const measure::FrameInfo& info) const;
};

/// Gathers what the figures of a run show, in memory bounded by FigureLimits and a number a track.
class FigureBuilder {
 public:
  /// `frames`: how many will come.
  FigureBuilder(const Lineage& lineage, const std::map<int32_t, measure::TrackEnds>& ends,
                int64_t frames, const FigureLimits& limits = {});

  /// Frames come in ascending order of FrameInfo::frame, each with all its particles. `field`: size
  /// of the image.
  void add_frame(const measure::FrameRow& frame, std::span<const measure::ParticleRow> particles,
                 Size field);

  /// All figures that have something to show, in the order of docs/figures.md.
  FigureSet figures(const FigureTables& tables) const;

 private:
  struct Sample {  // of a frame
    measure::FrameInfo info;
    measure::Estimate d32_px;
    std::optional<double> temperature;
  };
  struct RadiusPoint {
    int32_t track = 0;
    float radius_px = 0;
  };
  static constexpr int64_t kMostGapStrides = 3;
  static constexpr double kMedianShift = 0.36;
  struct Neighbour {  // of a track where it was first seen whole
    double distance_px = 0;
    measure::Ending fate = measure::Ending::kUnresolved;
  };

  void add_neighbours(std::span<const measure::ParticleRow> particles, Size field);
  FigureUnits units() const;
  std::vector<Series> radius_series(const FigureUnits& units) const;
  std::optional<Figure> radii(const FigureUnits& units) const;
  std::optional<Figure> dispersion(const FigureUnits& units) const;
  std::optional<Figure> temperature(const FigureUnits& units) const;
  std::optional<Figure> neighbours(const FigureUnits& units) const;

  FigureLimits limits_;
  int64_t frames_ = 0;
  std::map<int32_t, measure::Ending> fates_;
  std::set<int32_t> drawn_;  // the tracks of radii
  int64_t frames_with_time_ = 0;
  int64_t frames_seen_ = 0;
  std::optional<PixelSize> pixel_size_;
  std::string temperature_name_;
  Thinned<Sample> samples_;
  Thinned<std::pair<double, RadiusPoint>> radii_;  // with the time
  std::map<int32_t, Neighbour> neighbours_;
  std::vector<SizesAtTime> sizes_;
};

/// Number of particles, and where they came from and went. Nothing for an empty table.
std::optional<Figure> budget_figure(std::span<const measure::BudgetRow> rows,
                                    const FigureUnits& units, int64_t most_frames);
/// Sums of ECD³ and of intensity over the common window. Nothing where it held no particle.
std::optional<Figure> conservation_figure(std::span<const measure::BudgetRow> rows,
                                          const FigureUnits& units, int64_t most_frames);
/// dr/dt against r, in thirds of the recording, each with its critical radius.
std::optional<Figure> rates_figure(std::span<const measure::RateRow> rows, const FigureUnits& units,
                                   int64_t most_points);
std::optional<Figure> survival_figure(std::span<const measure::SurvivalRow> rows,
                                      const FigureUnits& units, double end);
std::optional<Figure> msd_figure(std::span<const measure::MsdRow> rows, const FigureUnits& units);
/// Neck ratio against time since contact of every pair, with the classical exponents as guides and
/// the fit of all pairs. Nothing without a neck.
std::optional<Figure> necks_figure(const FigureTables& tables, int64_t most_points);
/// Distributions of ECD at several times, a panel each. Nothing without a size.
std::optional<Figure> sizes_figure(std::span<const SizesAtTime> times, const FigureUnits& units);

}  // namespace mote::report
