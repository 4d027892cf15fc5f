#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/simulate/demo.h"
#include "mote/simulate/scene.h"

namespace mote::simulate {

enum class Part { kA, kB, kWhole };

/// Which part of which scene a track is, and in which frames.
struct Role {
  int32_t track = 0;
  size_t scene = 0;
  Part part = Part::kWhole;
  int64_t first_frame = 0;
  int64_t last_frame = 0;
};

/// Everything that is decided before the first frame is drawn.
struct Plan {
  std::vector<Scene> scenes;
  std::vector<Role> roles;  ///< in order of track
  Lineage lineage;
  double drift_px = 0;
  double drift_angle = 0;
  double drift_bend = 0;  ///< sideways, as a share of drift_px
  double frames = 0;

  /// Of the specimen at `time` since frame 0, smooth.
  Point drift_at(double time) const;

  /// As discs_at, in pixels of the camera.
  std::vector<Disc> seen_at(const Scene& scene, double time) const;
};

/// Places the scenes in space and time so that only partners ever come near one another, nothing
/// but what enters or leaves comes near the border, and events keep away from either end.
/// Throws kUsage where the field has no room for them.
Plan make_plan(const DemoOptions& options);

}  // namespace mote::simulate
