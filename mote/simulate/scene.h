#pragma once

#include <cstdint>
#include <vector>

#include "mote/simulate/discs.h"

namespace mote::simulate {

enum class Motion {
  kStay,   ///< one disc that wobbles and slowly grows or shrinks
  kGrow,   ///< one disc that grows from nothing; reversed, it dissolves
  kCross,  ///< one disc that comes in over the border; reversed, it goes out
  kFuse,   ///< two discs that meet and become one of equal area; reversed, one that splits
  kPass,   ///< two discs of which one passes over the other's edge
};

/// One or two discs and what they do, in pixels of the specimen and frames. Closed formulas: any
/// time can be asked for at any time.
struct Scene {
  Motion motion = Motion::kStay;
  bool reversed = false;
  double time = 0;  ///< when it happens: radius 0, at the border, first touch, or closest
  Point anchor;     ///< where it rests, or the centre of mass of two discs
  double angle = 0;
  double radius_a_px = 0;
  double radius_b_px = 0;
  double speed_px = 0;   ///< per frame, at `time`
  double reach_px = 0;   ///< how far a disc goes at ever less speed, from or to `time`
  double offset_px = 0;  ///< closest distance of centres, kPass
  double duration = 0;   ///< from touch to a single disc, kFuse; of the growth, kGrow
  double growth = 0;     ///< relative, over the recording, kStay
  double frames = 0;     ///< of the recording, kStay
  double wobble_px = 0;
  double wobble_rate = 0;   ///< radians a frame
  double wobble_phase = 0;  ///< radians
  double attenuation = 0;   ///< share of the light that a disc takes away
};

/// Where the discs are at `time`: none, a, or a and b.
std::vector<Disc> discs_at(const Scene& scene, double time);

/// Whether discs a and b are one body, so that the darkness of their overlap does not add up.
inline bool is_one_body(const Scene& scene) {
  return scene.motion == Motion::kFuse;
}

}  // namespace mote::simulate
