#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "mote/core/grid.h"
#include "mote/measure/tables.h"
#include "mote/measure/track.h"

namespace mote::measure {

/// Where the particles went, cumulative since frame 0: n - n of frame 0 = nucleated + entered +
/// split - merged - dissolved - left - unresolved, exactly.
struct Budget {
  int64_t n = 0;  ///< tracks that live, those in a gap among them
  int64_t nucleated = 0;
  int64_t entered = 0;
  int64_t split = 0;   ///< tracks that splits made more
  int64_t merged = 0;  ///< tracks that merges made fewer
  int64_t dissolved = 0;
  int64_t left = 0;
  int64_t unresolved = 0;  ///< tracks that ended for no known cause, less those that so began

  bool operator==(const Budget&) const = default;
};

/// The budget of every frame, from the causes of all begins and ends alone.
std::vector<Budget> mechanism_budget(std::span<const Track> tracks,
                                     const std::map<int32_t, TrackEnds>& ends, int64_t frames);

/// What should stay the same where nothing evaporates, is deposited or leaves: over the particles
/// centred in the common specimen window.
struct Conserved {
  int64_t particles = 0;
  double volume_px3 = 0;  ///< sum of ECD³; of a shared instance, of its tracks when last seen alone
  double intensity = 0;   ///< sum of area x (mean intensity - background), grey px²
  int64_t without_background = 0;  ///< particles that the intensity lacks
  int64_t without_size = 0;        ///< tracks in shared instances that were never seen alone

  bool operator==(const Conserved&) const = default;
};

/// Sums what should stay the same, frame by frame, in memory of one number a track.
class Conservation {
 public:
  explicit Conservation(std::optional<Box> common_window) : window_(common_window) {}

  /// The sums over one frame's particles, frames in order; nothing without a window.
  std::optional<Conserved> add(std::span<const ParticleRow> particles);

 private:
  std::optional<Box> window_;
  std::map<int32_t, double> last_volume_px3_;
};

/// A row of budget.csv.
struct BudgetRow {
  FrameInfo info;
  Budget budget;
  std::optional<Conserved> conserved;
};

const std::vector<Column<BudgetRow>>& budget_columns();

}  // namespace mote::measure
