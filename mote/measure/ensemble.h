#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/measure/growth_fit.h"

namespace mote::measure {

/// A stretch of time bins in which the temperature stays what it is.
struct Stretch {
  size_t first_bin = 0;
  size_t last_bin = 0;
  std::optional<double> temperature;
};

/// The mean radius of an ensemble against time, in bins of frames, kept by families of tracks that
/// merges and splits connect, for a bootstrap that draws families whole.
///
/// Two versions: as seen, where a merge replaces two particles by a larger one; and with
/// coalescence modelled out, where both parents live on, each as the child's radius times the ratio
/// of its own last radius to the child's first: the child's growth goes on in both, its jump is not
/// there.
class Ensemble {
 public:
  Ensemble(const Lineage& lineage, int64_t frames, int64_t most_bins);

  void add_frame(int64_t frame, double time, std::optional<double> temperature);
  /// One whole instance of a track, in that frame.
  void add(int32_t track, int64_t frame, double radius, double weight);

  /// The bin's share of frames.
  size_t bin_of(int64_t frame) const;
  int64_t first_frame(size_t bin) const;
  size_t bins() const { return bins_.size(); }

  size_t family(int32_t track) const { return family_.at(track); }
  size_t families() const { return families_; }
  int64_t tracks_in(const Stretch& stretch) const;
  int64_t families_in(const Stretch& stretch) const;

  /// The mean of the first and of the last five radii of a track; nothing where it was never whole.
  std::optional<double> first_radius(int32_t track) const;
  std::optional<double> last_radius(int32_t track) const;

  /// Bins over which temperatures keep within `range`; all bins as one where none was recorded.
  /// Where temperatures go on beyond either end, a stretch of fewer than `least_bins`, or along
  /// which they rise or fall through most of the range, is part of a ramp and left out. Of nothing
  /// but ramps the longest stretch is given.
  std::vector<Stretch> isothermal(double range, size_t least_bins = 8) const;

  enum class Coalescence { kAsSeen, kModelledOut };

  /// Sums of one version over a stretch, by family, from which curves are drawn.
  class Curves {
   public:
    /// The mean radius, each family counting `times` often (empty: once), with the numbers of
    /// particles over its square for weights.
    std::vector<GrowthPoint> curve(std::span<const double> times = {}) const;

   private:
    friend class Ensemble;
    struct Part {
      size_t family = 0;
      size_t bin = 0;
      double weight = 0;
      double radius_sum = 0;
      double tracks = 0;
    };
    std::vector<Part> parts_;
    std::vector<double> times_;  // of the bins
  };
  Curves curves(const Stretch& stretch, Coalescence version) const;

 private:
  double temperature_trend(const Stretch& stretch) const;
  bool is_ramp(const Stretch& stretch, double range, size_t least_bins) const;

  struct Bin {
    double time_sum = 0;
    int64_t frames = 0;
    double temperature_sum = 0;
    double least_temperature = 0;
    double greatest_temperature = 0;
    int64_t temperatures = 0;
  };
  struct Sum {
    double weight = 0;
    double radius_sum = 0;
  };
  struct Sizes {
    size_t first_bin = 0;
    std::vector<Sum> sums;
    std::array<double, 5> last{};
    double first_sum = 0;
    int64_t count = 0;
  };
  /// How many originals a track stands for, and the sum of their radii over its own.
  struct Originals {
    double count = 1;
    double radii = 1;
  };
  std::map<int32_t, Originals> originals() const;

  std::vector<Track> tracks_;
  int64_t frames_;
  std::vector<Bin> bins_;
  std::map<int32_t, Sizes> sizes_;
  std::map<int32_t, size_t> family_;
  size_t families_ = 0;
};

}  // namespace mote::measure
