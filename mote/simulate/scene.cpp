#include "mote/simulate/scene.h"

#include <algorithm>
#include <cmath>

namespace mote::simulate {
namespace {

constexpr double kOutOfSightFrames = 10;  // a disc this long before it comes in is not there

/// Goes at `speed` at time 0 and comes to rest `reach` farther on.
double slowing(double speed, double reach, double time) {
  return reach * (1 - std::exp(-speed * time / reach));
}

Point moved(Point from, double angle, double along, double across = 0) {
  return {.y_px = from.y_px + std::sin(angle) * along + std::cos(angle) * across,
          .x_px = from.x_px + std::cos(angle) * along - std::sin(angle) * across};
}

std::vector<Disc> fusing(const Scene& scene, Point anchor, double since_touch) {
  const double apart = scene.radius_a_px + scene.radius_b_px;
  double distance = 0;
  double scale = 1;
  if (since_touch <= 0) {
    distance = apart + slowing(scene.speed_px, scene.reach_px, -since_touch);
  } else {
    distance = apart * std::max(0.0, 1 - since_touch / scene.duration);
    scale = conserving_scale(scene.radius_a_px, scene.radius_b_px, distance);
  }
  const double area_a = scene.radius_a_px * scene.radius_a_px;
  const double area_b = scene.radius_b_px * scene.radius_b_px;
  const double share_a = area_a / (area_a + area_b);
  return {{.centre = moved(anchor, scene.angle, -distance * (1 - share_a)),
           .radius_px = scale * scene.radius_a_px},
          {.centre = moved(anchor, scene.angle, distance * share_a),
           .radius_px = scale * scene.radius_b_px}};
}

std::vector<Disc> passing(const Scene& scene, Point anchor, double since_closest) {
  const double straight = scene.speed_px * since_closest;
  const double along = straight / std::hypot(1, straight / scene.reach_px);
  return {{.centre = moved(anchor, scene.angle, -0.2 * along, -0.2 * scene.offset_px),
           .radius_px = scene.radius_a_px},
          {.centre = moved(anchor, scene.angle, 0.8 * along, 0.8 * scene.offset_px),
           .radius_px = scene.radius_b_px}};
}

}  // namespace

std::vector<Disc> discs_at(const Scene& scene, double time) {
  const double since = scene.reversed ? scene.time - time : time - scene.time;
  const double turn = scene.wobble_rate * time + scene.wobble_phase;
  const Point anchor = {.y_px = scene.anchor.y_px + scene.wobble_px * std::sin(turn),
                        .x_px = scene.anchor.x_px + scene.wobble_px * std::cos(0.7 * turn)};
  switch (scene.motion) {
    case Motion::kStay: {
      const double grown = 1 + scene.growth * (time / scene.frames - 0.5);
      return {{.centre = anchor, .radius_px = scene.radius_a_px * grown}};
    }
    case Motion::kGrow: {
      if (since <= 0) {
        return {};
      }
      // Volume changes at first in proportion to time, as in growth and dissolution by diffusion:
      // the smallest sizes pass within a frame.
      const double radius = scene.radius_a_px * std::cbrt(1 - std::exp(-since / scene.duration));
      return {{.centre = anchor, .radius_px = radius}};
    }
    case Motion::kCross: {
      if (since < -kOutOfSightFrames) {
        return {};
      }
      const double way =
          since < 0 ? scene.speed_px * since : slowing(scene.speed_px, scene.reach_px, since);
      return {{.centre = moved(anchor, scene.angle, way - scene.reach_px),
               .radius_px = scene.radius_a_px}};
    }
    case Motion::kFuse: return fusing(scene, anchor, since);
    case Motion::kPass: return passing(scene, anchor, since);
  }
  return {};
}

}  // namespace mote::simulate
