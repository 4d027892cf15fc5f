#include "mote/simulate/plan.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>

#include "mote/core/error.h"
#include "mote/simulate/history.h"
#include "mote/simulate/random.h"

namespace mote::simulate {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kClearancePx = 8;   // between discs that are no partners, and to the border
constexpr double kQuietFrames = 24;  // at either end, no event's time
constexpr int64_t kFieldOfOneSetPx = 512 * 512;
constexpr int kPlacements = 600;  // of one scene, before all is begun anew
constexpr int kAttempts = 100;

struct Kind {
  Motion motion = Motion::kStay;
  bool reversed = false;
};

/// What happens in each field of 512 x 512 px, hardest to place first.
constexpr Kind kSet[] = {
    {Motion::kPass, false},  {Motion::kPass, false},  {Motion::kFuse, false},
    {Motion::kFuse, false},  {Motion::kFuse, true},   {Motion::kFuse, true},
    {Motion::kCross, false}, {Motion::kCross, false}, {Motion::kCross, true},
    {Motion::kCross, true},  {Motion::kGrow, false},  {Motion::kGrow, false},
    {Motion::kGrow, true},   {Motion::kGrow, true},   {Motion::kStay, false},
    {Motion::kStay, false},
};

class Planner {
 public:
  Planner(const DemoOptions& options, uint64_t seed) : options_(options), random_(seed) {
    plan_.frames = static_cast<double>(options.frames);
    plan_.drift_px = options.drift_px;
    plan_.drift_angle = random_.uniform(0, kTurn);
    plan_.drift_bend = random_.uniform(-0.3, 0.3);
  }

  /// Nothing where a scene found no room.
  std::optional<Plan> place_all() {
    const int64_t field = options_.height * options_.width;
    const int64_t sets = std::max<int64_t>(1, field / kFieldOfOneSetPx);
    std::vector<Kind> kinds;
    for (const Kind& kind : kSet) {
      kinds.insert(kinds.end(), static_cast<size_t>(sets), kind);
    }
    const std::vector<double> times = event_times(kinds.size());
    for (size_t i = 0; i < kinds.size(); ++i) {
      if (!place(kinds[i], times[i])) {
        return std::nullopt;
      }
    }
    return plan_;
  }

 private:
  /// Evenly spread over the recording, in random order.
  std::vector<double> event_times(size_t count) {
    const double span = plan_.frames - 1 - 2 * kQuietFrames;
    std::vector<double> times(count);
    for (size_t i = 0; i < count; ++i) {
      const double slot = static_cast<double>(i) + random_.uniform(0.2, 0.8);
      times[i] = kQuietFrames + span * slot / static_cast<double>(count);
    }
    for (size_t i = count - 1; i > 0; --i) {
      std::swap(times[i], times[random_.bits() % (i + 1)]);
    }
    return times;
  }

  bool place(const Kind& kind, double time) {
    for (int attempt = 0; attempt < kPlacements; ++attempt) {
      const Scene scene = draw(kind, time);
      if (fits(scene, 16) && fits(scene, 1)) {
        plan_.scenes.push_back(scene);
        return true;
      }
    }
    return false;
  }

  Scene draw(const Kind& kind, double time) {
    Scene scene{.motion = kind.motion, .reversed = kind.reversed, .time = time, .anchor = {}};
    scene.anchor = {.y_px = random_.uniform(0, static_cast<double>(options_.height)),
                    .x_px = random_.uniform(0, static_cast<double>(options_.width))};
    scene.angle = random_.uniform(0, kTurn);
    scene.frames = plan_.frames;
    scene.wobble_px = random_.uniform(1, 3);
    scene.wobble_rate = kTurn / random_.uniform(90, 200);
    scene.wobble_phase = random_.uniform(0, kTurn);
    scene.attenuation = random_.uniform(0.36, 0.46);
    switch (kind.motion) {
      case Motion::kStay:
        scene.radius_a_px = random_.uniform(12, 26);
        scene.growth = random_.uniform(-0.2, 0.2);
        break;
      case Motion::kGrow:
        scene.radius_a_px = random_.uniform(12, 18);
        scene.duration = random_.uniform(12, 20);
        break;
      case Motion::kCross:
        scene.radius_a_px = random_.uniform(12, 20);
        scene.speed_px = random_.uniform(2.8, 3.6);
        aim_at_border(scene);
        break;
      case Motion::kFuse:
        scene.radius_a_px = random_.uniform(14, 20);
        scene.radius_b_px = scene.radius_a_px * random_.uniform(0.75, 1);
        scene.speed_px = random_.uniform(1.5, 2);
        scene.reach_px = random_.uniform(30, 50);
        scene.duration = random_.uniform(18, 22);
        break;
      case Motion::kPass:
        scene.radius_a_px = random_.uniform(17, 21);
        scene.radius_b_px = random_.uniform(11, 13);
        scene.speed_px = random_.uniform(4.5, 5.5);
        scene.reach_px = random_.uniform(50, 65);
        scene.offset_px = closest_distance(scene);
        break;
    }
    return scene;
  }

  /// Lets a disc come in over the nearest border, touching it from outside at the scene's time.
  void aim_at_border(Scene& scene) {
    const Point seen = scene.anchor + plan_.drift_at(scene.time);
    const double to_top = seen.y_px;
    const double to_left = seen.x_px;
    const double to_bottom = static_cast<double>(options_.height - 1) - seen.y_px;
    const double to_right = static_cast<double>(options_.width - 1) - seen.x_px;
    const double nearest = std::min({to_top, to_left, to_bottom, to_right});
    const double inwards = nearest == to_top      ? 0.25 * kTurn
                           : nearest == to_left   ? 0
                           : nearest == to_bottom ? 0.75 * kTurn
                                                  : 0.5 * kTurn;
    const double slant = random_.uniform(-0.3, 0.3);
    scene.angle = inwards + slant;
    scene.reach_px = std::max(1.0, nearest + 0.5 + scene.radius_a_px) / std::cos(slant);
  }

  /// Such that the discs overlap by a neck of more than half the smaller diameter for 6 frames.
  static double closest_distance(const Scene& scene) {
    const double straight = 3 * scene.speed_px;
    const double along = straight / std::hypot(1, straight / scene.reach_px);
    const double a = scene.radius_a_px;
    const double b = scene.radius_b_px;
    const double at_half_neck = std::sqrt(a * a - b * b / 4) + std::sqrt(b * b - b * b / 4);
    return std::sqrt(at_half_neck * at_half_neck - along * along);
  }

  bool fits(const Scene& scene, int64_t stride) const {
    for (int64_t t = 0; t < options_.frames; t += stride) {
      const auto time = static_cast<double>(t);
      const std::vector<Disc> discs = discs_at(scene, time);
      for (const Disc& disc : discs) {
        if (!within_field(scene, disc, time)) {
          return false;
        }
      }
      for (const Scene& other : plan_.scenes) {
        if (std::abs(other.anchor.y_px - scene.anchor.y_px) > 400 ||
            std::abs(other.anchor.x_px - scene.anchor.x_px) > 400) {
          continue;  // no scene reaches half as far
        }
        for (const Disc& theirs : discs_at(other, time)) {
          for (const Disc& ours : discs) {
            const double apart = std::hypot(theirs.centre.y_px - ours.centre.y_px,
                                            theirs.centre.x_px - ours.centre.x_px);
            if (apart < theirs.radius_px + ours.radius_px + kClearancePx) {
              return false;
            }
          }
        }
      }
    }
    return true;
  }

  bool within_field(const Scene& scene, const Disc& disc, double time) const {
    if (scene.motion == Motion::kCross) {
      const double gone =
          std::hypot(disc.centre.y_px - scene.anchor.y_px, disc.centre.x_px - scene.anchor.x_px);
      const double inside = scene.reach_px - gone - scene.wobble_px;
      if (inside < 2 * disc.radius_px + 2 * kClearancePx) {
        // On its way over the border; it must come to rest well inside.
        return scene.reach_px > 2 * disc.radius_px + 5 * kClearancePx && scene.reach_px < 150;
      }
    }
    const Point seen = disc.centre + plan_.drift_at(time);
    const double margin = disc.radius_px + kClearancePx;
    return seen.y_px >= margin && seen.x_px >= margin &&
           seen.y_px <= static_cast<double>(options_.height - 1) - margin &&
           seen.x_px <= static_cast<double>(options_.width - 1) - margin;
  }

  const DemoOptions& options_;
  Random random_;
  Plan plan_;
};

}  // namespace

Point Plan::drift_at(double time) const {
  const double u = frames > 1 ? time / (frames - 1) : 0;
  const double along = drift_px * (u + 0.06 * std::sin(kTurn * u));
  const double across = drift_px * drift_bend * std::sin(std::numbers::pi * u);
  return {.y_px = std::sin(drift_angle) * along + std::cos(drift_angle) * across,
          .x_px = std::cos(drift_angle) * along - std::sin(drift_angle) * across};
}

std::vector<Disc> Plan::seen_at(const Scene& scene, double time) const {
  std::vector<Disc> discs = discs_at(scene, time);
  for (Disc& disc : discs) {
    disc.centre = disc.centre + drift_at(time);
  }
  return discs;
}

Plan make_plan(const DemoOptions& options) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const uint64_t seed = mix(options.seed) + static_cast<uint64_t>(attempt);
    if (std::optional<Plan> plan = Planner(options, seed).place_all()) {
      tell_history(*plan, options);
      return *std::move(plan);
    }
  }
  throw Error(ErrorKind::kUsage,
              "a field of {} x {} px that drifts by {} px has no room for the demo's events; it "
              "is made for 512 x 512 px",
              options.width, options.height, options.drift_px);
}

}  // namespace mote::simulate
