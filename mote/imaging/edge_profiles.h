#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mote/core/grid.h"
#include "mote/imaging/closed_line.h"
#include "mote/imaging/outline.h"

namespace mote::imaging {

/// Between samples on a normal.
inline constexpr double kProfileStepPx = 0.5;

/// How far from the outline profiles are read.
struct ProfileReach {
  double in_px = 0;
  double out_px = 0;
  /// The edge is sought within so many steps of the outline. Farther off, where only means are
  /// taken, every other sample is read.
  int64_t sought = 0;

  bool sampled(int64_t k) const { return (k < 0 ? -k : k) <= sought || k % 2 == 0; }
};

/// Grey levels on the normals of a closed line: row k by distance, k steps outwards, column by
/// point.
class Profiles {
 public:
  Profiles(int64_t reach, size_t points)
      : reach_(reach),
        levels_({2 * reach + 1, static_cast<int64_t>(points)}),
        weights_(levels_.size()) {}

  int64_t reach() const { return reach_; }  ///< rows run from -reach (inside) to +reach (outside)
  size_t points() const { return static_cast<size_t>(levels_.width()); }

  std::span<float> level(int64_t k) { return {levels_.row(k + reach_), points()}; }
  std::span<const float> level(int64_t k) const { return {levels_.row(k + reach_), points()}; }
  /// 0 where a sample is not to be used.
  std::span<float> weight(int64_t k) { return {weights_.row(k + reach_), points()}; }
  std::span<const float> weight(int64_t k) const { return {weights_.row(k + reach_), points()}; }

 private:
  int64_t reach_;
  Grid<float> levels_;
  Grid<float> weights_;
};

/// Reads `image` along `normals` of an outline of `mask`, but not past the particle's other rim nor
/// into the next particle. Border points have no profile.
Profiles profiles_of(const Grid<float>& image, const BinaryImage& mask, const Outline& outline,
                     const std::vector<Point>& normals, const ProfileReach& reach);

/// The levels on both sides of an edge.
struct Plateaus {
  double sign = 1;      ///< -1 where the particle is darker
  double contrast = 0;  ///< of the mean profile, above 0
  double in_level = 0;
  double out_level = 0;
  int64_t first = 0;  ///< the rows that hold samples
  int64_t last = 0;
  int64_t in_from = 0;  ///< where the plateaus begin, from the edge
  int64_t out_from = 0;
  std::vector<float> inside;  ///< by point, averaged along the outline
  std::vector<float> outside;
  std::vector<float> in_weight;  ///< 0 where there is none
  std::vector<float> out_weight;

  double inside_of(size_t point) const { return in_weight[point] > 0 ? inside[point] : in_level; }
  double outside_of(size_t point) const {
    return out_weight[point] > 0 ? outside[point] : out_level;
  }
};

/// Nothing where the mean profile does not step down from the particle to the background.
std::optional<Plateaus> plateaus_of(const Profiles& profiles, bool bright);

/// How far along the outline profiles are to be averaged (a Gaussian's sigma, in points) until what
/// is left of the noise on the plateaus is small against the contrast. Measured, because noise and
/// texture are correlated.
double averaging_length(const Profiles& profiles, const Plateaus& plateaus,
                        const ProfileReach& reach);

}  // namespace mote::imaging
