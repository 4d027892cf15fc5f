#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "mote/imaging/registration.h"

namespace mote::track {

/// The longer of a point's two coordinates.
inline double farthest(Point a) {
  return std::max(std::abs(a.y_px), std::abs(a.x_px));
}

/// The longer side of the box around a path of at least one point.
inline double range_of(const std::vector<Point>& path) {
  Point low = path[0];
  Point high = path[0];
  for (const Point& p : path) {
    low = {std::min(low.y_px, p.y_px), std::min(low.x_px, p.x_px)};
    high = {std::max(high.y_px, p.y_px), std::max(high.x_px, p.x_px)};
  }
  return farthest(high - low);
}

/// Maximum-likelihood weight of each ring (Knapp and Carter 1976) from mean `power` and the mean
/// cross-power `cross` of `pairs` registered pairs: gamma / (power (1 - gamma^2)) with the
/// coherence gamma = cross / power, 0 where chance makes as much. Without pairs, or without
/// coherence, a coherence that falls off with frequency is assumed.
imaging::Rings drift_weights(const imaging::Rings& power, const imaging::Rings& cross,
                             const std::vector<int64_t>& counts, int64_t pairs);

/// Side of the blocks of registered pixels that are looked at on their own: large enough to be
/// registered, small enough that neighbouring ones hold other particles.
inline constexpr int64_t kBlockPx = 64;

/// How far two frames are from showing one specimen.
struct BlockMisfit {
  double chi2 = 0;  ///< of what is left, over its degrees of freedom: about 1 if only noise is
  double scatter_px = 0;  ///< rms per axis of what is left, blocks weighted by what they know
};

/// What is left to shift in blocks of kBlockPx of two frames whose specimen lies `shift` apart,
/// beside what is linear in the position (expansion, rotation). `power` and `cross` (of registered
/// frames, by ring) tell the noise, `open_share` of which masks and window let pass. chi2 is about
/// 1 of one specimen, 3 and more where neighbouring blocks move each in its own way.
BlockMisfit block_misfit(const imaging::Registrar& registrar, const imaging::Spectrum& moved,
                         const imaging::Spectrum& reference, Point shift,
                         const imaging::Rings& power, const imaging::Rings& cross,
                         double open_share);

}  // namespace mote::track
