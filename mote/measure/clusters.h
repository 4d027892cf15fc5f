#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "mote/core/grid.h"
#include "mote/measure/tables.h"

namespace mote::measure {

/// What counts as one particle where instances touch.
enum class ClusterRule {
  kSplit,    ///< every instance, as the segmenter split them
  kWhole,    ///< every cluster is one particle
  kExclude,  ///< clusters are left out
};

inline constexpr std::array<ClusterRule, 3> kClusterRules{ClusterRule::kSplit, ClusterRule::kWhole,
                                                          ClusterRule::kExclude};

/// `split`, `whole`, `exclude`.
std::string_view name(ClusterRule rule);

/// What counts as one particle by a rule.
struct SizedBody {
  double ecd_px = 0;
  double border_weight = 0;  ///< 0 where it touches the border
  bool touches_border = false;
  Point specimen;       ///< centroid in specimen coordinates
  int32_t cluster = 0;  ///< below 0 where it stands alone
  int32_t track = 0;    ///< the lowest, of its first instance; 0 where nothing is tracked
};

/// The particles of a frame by `rule`, in order of cluster. Shared instances, whose size is no
/// particle's, are left out but for kWhole, where they are part of their cluster.
std::vector<SizedBody> sized_bodies(std::span<const ParticleRow> particles, Size field,
                                    ClusterRule rule);

/// Whether a point in specimen coordinates lies in the common window.
bool lies_in(const Box& window, const Point& specimen);

}  // namespace mote::measure
