#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mote/measure/neck_law_fit.h"
#include "mote/measure/necks.h"

namespace mote::measure {

struct NeckFitOptions {
  std::optional<double> interval_s;  ///< as MotionOptions; without it times are frame intervals
  double max_ratio = 0.3;            ///< x/r up to which the law is asked for
  double min_radius_px = 30;  ///< of the smaller particle, below which thin necks are blurred
  int64_t min_frames = 10;    ///< with a neck that the fit of a pair needs
  double max_unseen = 0.1;    ///< share of frames without a neck that a fit may have
  int64_t min_pairs = 6;      ///< that a common exponent needs
  double contact_frames = 2;  ///< the contact is sought so far before and after its frame
  int64_t resamples = 1000;   ///< bootstrap over pairs
  uint64_t seed = 1;
};

/// A row of neck_fits.csv: the law x/r = ((t - t0) / tau)^a of one pair, or a of all of them.
struct NeckFitRow {
  std::vector<int32_t> tracks;  ///< none: of all pairs
  std::optional<double> interval_s;
  int64_t contact_frame = 0;
  int64_t last_frame = 0;  ///< up to which the neck is at most max_ratio
  int64_t n_frames = 0;    ///< with a neck that was measured
  int64_t n_unseen = 0;    ///< without, from the first that has one on
  int64_t n_pairs = 1;
  std::optional<double> exponent;
  std::optional<double> low;  ///< nothing where it is open
  std::optional<double> high;
  std::optional<double> contact_offset;  ///< of t0 from the time of contact_frame, intervals
  std::optional<double> tau;             ///< intervals
  std::optional<double> rms;             ///< of x/r
  std::string verdict;
};

/// The necks of one pair against the time since contact_frame, in s or frame intervals.
struct NeckCurve {
  std::vector<int32_t> tracks;
  int64_t contact_frame = 0;
  std::vector<NeckPoint> points;  ///< those that were seen
};

/// Follows the necks of all pairs that stay together, and fits the law of their first stage.
///
/// A pair counts from its own contact on; one that began as an overlap, parted again, or goes on
/// with a child does not. The frames of a fit are those before the median over a frame and two on
/// either side first exceeds max_ratio: to cut by single values would favour low ones. Memory: two
/// numbers for each of these frames, and the thinned curves.
class NeckFits {
 public:
  explicit NeckFits(const NeckFitOptions& options) : options_(options) {}

  /// A row of necks.csv, in its order.
  void add(const NeckRow& row);

  /// After the last row: one of all pairs first, if there is any pair, then those of pairs, by
  /// frame and tracks.
  std::vector<NeckFitRow> rows() const;

  /// In the same order, each of at most 512 points, thinned evenly.
  std::vector<NeckCurve> curves() const;

  /// Whether times are in seconds.
  bool timed() const { return options_.interval_s && timed_; }

 private:
  struct Look {
    int64_t frame = 0;
    double time_s = 0;
    double ratio = 0;  // 0: not seen; 1: one region
  };
  struct Pair {
    std::vector<Look> looks;          // of the first stage
    bool beyond = false;              // the first stage is over
    std::optional<double> radius_px;  // of the smaller one
    std::vector<Look> drawn;          // every stride-th
    int64_t stride = 1;
    int64_t seen = 0;
  };
  using Key = std::pair<int64_t, std::vector<int32_t>>;

  double time_of(const Key& key, const Look& look) const;
  NeckFitRow fit(const Key& key, const Pair& pair, std::vector<double>& curve) const;

  NeckFitOptions options_;
  bool timed_ = true;
  std::map<Key, Pair> pairs_;  // by contact_frame and tracks
};

const std::vector<Column<NeckFitRow>>& neck_fit_columns();

}  // namespace mote::measure
