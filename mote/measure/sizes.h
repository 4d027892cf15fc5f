#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mote/measure/clusters.h"
#include "mote/measure/size_laws.h"
#include "mote/measure/statistics.h"
#include "mote/measure/tables.h"

namespace mote::measure {

/// A law beside a sample; nothing where there are too few sizes to fit it.
struct LawBeside {
  std::optional<double> scale_px;  ///< log-normal: median; ripening: 2 r*
  std::optional<double> spread;    ///< log-normal: geometric standard deviation
  std::optional<double> distance;
  std::optional<double> p;

  bool operator==(const LawBeside&) const = default;
};

/// A row of sizes.csv: the sizes at one time, in one region, by one rule and weighting.
struct SizesRow {
  std::string at;         ///< `first`, `middle`, `last`, or `recording`
  FrameInfo info;         ///< of the frame; of a recording, of its first
  int64_t frames = 1;     ///< that particles were taken from
  std::string region;     ///< `field` or `window`
  std::string clusters;   ///< `split`, `whole` or `exclude`
  std::string weighting;  ///< `number` or `volume`
  int64_t n = 0;
  double effective_n = 0;
  std::optional<SizeStatistics> value;
  std::optional<SizeIntervals> interval;
  std::array<LawBeside, kSizeLaws.size()> laws;  ///< in order of kSizeLaws
  std::vector<std::string> flags;
};

/// A row of size_curves.csv: one bin of the histogram of a row of sizes.csv, with what the fitted
/// laws put into it.
struct SizeCurveRow {
  std::string at;
  FrameInfo info;
  std::string region;
  std::string clusters;
  std::string weighting;
  double from_px = 0;
  double to_px = 0;
  double share = 0;
  std::array<std::optional<double>, kSizeLaws.size()> expected;
};

struct SizesOptions {
  int64_t frames = 0;        ///< of the recording
  bool single_times = true;  ///< also first, middle and last frame, not the recording alone
  std::optional<Box> common_window;
  int64_t whole_frames = 50;    ///< that `recording` is made of at most, evenly spread
  int64_t resamples = 200;      ///< bootstrap of intervals, over particles
  int64_t fit_resamples = 199;  ///< of goodness of fit; fewer of over 1,000 particles
  int64_t bins = 24;            ///< of the histogram, from 0 to the largest size
  uint64_t seed = 1;
};

/// Gathers the sizes of a recording at chosen times, frame by frame in order; memory grows with the
/// particles of the chosen frames alone.
///
/// In the field particles count by their border weights, in the common window, where none is cut,
/// each as one. The bootstrap draws clusters whole, and of a recording tracks, or in stills
/// clusters. Goodness of fit has no p over a recording, where a particle is seen in many frames:
/// its sizes are not independent. Touching particles go by kClusterRules side by side.
class SizesCollector {
 public:
  explicit SizesCollector(const SizesOptions& options);

  void add(const FrameInfo& info, std::span<const ParticleRow> particles, Size field);

  struct Tables {
    std::vector<SizesRow> sizes;
    std::vector<SizeCurveRow> curves;
  };
  Tables tables() const;

 private:
  /// The sizes of one time, region and rule.
  struct Sample {
    std::vector<Sized> sizes;
    std::vector<std::pair<int64_t, int32_t>> groups;  ///< (frame, cluster) or (-1, track)
  };
  struct Time {
    std::string at;
    FrameInfo info;
    Size field;
    int64_t frames = 0;
    std::map<std::pair<bool, ClusterRule>, Sample> samples;  ///< by (window, rule)
  };

  bool belongs_to_whole(int64_t frame) const;
  void add_to(Time& time, const FrameInfo& info, std::span<const ParticleRow> particles,
              Size field) const;
  void add_rows(const Time& time, bool window, ClusterRule rule, Tables& out) const;

  SizesOptions options_;
  std::map<int64_t, Time> times_;  // by frame
  Time whole_;
};

const std::vector<Column<SizesRow>>& sizes_columns();
const std::vector<Column<SizeCurveRow>>& size_curve_columns();

}  // namespace mote::measure
