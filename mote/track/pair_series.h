#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "mote/core/grid.h"
#include "mote/track/portrait.h"

namespace mote::track {

/// The ratio of two lobes or tracks that do not touch.
inline constexpr double kApart = -1;
/// The ratio of two that lie in one region: beyond what any neck has, as nothing was measured.
inline constexpr double kInseparable = 2;
/// Frames before and after the one that is judged.
inline constexpr int64_t kHalfWindow = 2;

/// How two lobes or tracks touched in one frame.
struct PairSample {
  int64_t frame = 0;
  double ratio = kApart;   ///< of the neck, as in Neck
  Point position;          ///< in camera pixels
  double distance_px = 0;  ///< of the centres
  double area_ratio = 0;   ///< of what both fill to one sphere of both volumes; 0: not known
  Excess excess;           ///< empty where it was not looked for

  bool operator==(const PairSample&) const = default;
};

/// The area ratio of a pair in a frame and one frame on either side.
struct AreaRatios {
  double median = 0;
  double second_difference = 0;  ///< |a - 2 b + c| of the three in order
};

/// The frames in which the neck between two was last looked at. A single neck ratio is noisy, and a
/// pixel can open or close a contact: what counts is the median over a frame and its neighbours.
class PairSeries {
 public:
  /// Frames ascend; of two samples in one frame the higher ratio stays.
  void add(const PairSample& sample);

  /// The median ratio of `frame` and kHalfWindow frames on either side, at the position in `frame`;
  /// nothing where none of these was looked at.
  std::optional<PairSample> median_at(int64_t frame) const;

  /// The median distance of the centres in the same frames; nothing where neither was looked at.
  std::optional<double> median_distance_px(int64_t frame) const;

  /// Nothing unless the area ratio is known in all three frames.
  std::optional<AreaRatios> area_ratios(int64_t frame) const;

  /// Of the same frames, the share in which they touched.
  double share_touching(int64_t frame) const;

  /// What was seen in `frame` itself.
  std::optional<PairSample> at(int64_t frame) const;

  /// In every frame that is remembered.
  bool all_apart() const;

  /// Forgets what is too old to be asked for at `frame` or later.
  void forget_before(int64_t frame);

  /// Takes the samples of `other` too.
  void join(const PairSeries& other);

  std::deque<PairSample> samples;  ///< in order of frame
};

}  // namespace mote::track
