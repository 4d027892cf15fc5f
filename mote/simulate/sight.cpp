#include "mote/simulate/sight.h"

#include <numbers>
#include <variant>

#include "mote/simulate/raster.h"

namespace mote::simulate {
namespace {

constexpr int kHalvings = 40;  // of the time in which a mask comes or goes

double ball_nm3(double radius_nm) {
  return 4.0 / 3.0 * std::numbers::pi * radius_nm * radius_nm * radius_nm;
}

GridPlace camera(const WorldOptions& options) {
  return {.y_nm = 0, .x_nm = 0, .pixel_size_nm = options.pixel_size_nm};
}

Point in_pixels(const PositionNm& at, const WorldOptions& options) {
  return {at.y_nm / options.pixel_size_nm, at.x_nm / options.pixel_size_nm};
}

/// The particle that is the larger, or the smaller, half of a pair that is `whole`.
WorldInstance half_of(const WorldInstance& whole, const SeenBody& body, bool larger,
                      const WorldOptions& options) {
  const Pair& pair = std::get<Pair>(body.body);
  const double out = (larger ? 0 : pair.shape.distance_nm) - pair.shape.centre_of_mass_nm;
  WorldInstance half = whole;
  half.centre = in_pixels(
      {pair.centre.y_nm + out * pair.axis[0], pair.centre.x_nm + out * pair.axis[1], 0}, options);
  half.radius_nm = larger ? body.merger->larger_nm : body.merger->smaller_nm;
  half.volume_nm3 = ball_nm3(half.radius_nm);
  half.mask = part_of(whole.mask, pair, camera(options), larger);
  return half;
}

bool shows(World& world, int64_t particle, double time_s) {
  for (const SeenBody& body : world.bodies_at(time_s, particle)) {
    for (const auto& [id, instance] : instances_of(body, world.options())) {
      if (id == particle || body.particle == particle) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

std::vector<std::pair<int64_t, WorldInstance>> instances_of(const SeenBody& body,
                                                            const WorldOptions& options) {
  WorldInstance whole{
      .species = body.species, .face = body.face, .contrast = body.contrast, .dark = body.dark};
  whole.mask =
      mask_of(body.body, camera(options), {options.height_px, options.width_px}, body.unevenness);
  std::vector<std::pair<int64_t, WorldInstance>> instances;
  if (whole.mask.runs.empty()) {
    return instances;
  }
  whole.centre =
      in_pixels(std::visit([](const auto& shape) { return shape.centre; }, body.body), options);
  whole.radius_nm = body.radius_nm;
  whole.volume_nm3 = ball_nm3(body.radius_nm);
  if (body.merger) {
    whole.neck_ratio = std::get<Pair>(body.body).shape.neck_ratio;
  }
  if (!body.merger || whole.neck_ratio >= options.coalescence.merge_neck_ratio) {
    instances.emplace_back(body.particle, std::move(whole));
    return instances;
  }
  for (const bool larger : {true, false}) {
    WorldInstance half = half_of(whole, body, larger, options);
    if (!half.mask.runs.empty()) {
      instances.emplace_back(larger ? body.merger->larger : body.merger->smaller, std::move(half));
    }
  }
  return instances;
}

double time_of_change_s(World& world, int64_t particle, double before_s, double after_s,
                        bool comes) {
  for (int i = 0; i < kHalvings; ++i) {
    const double time_s = 0.5 * (before_s + after_s);
    (shows(world, particle, time_s) == comes ? after_s : before_s) = time_s;
  }
  return after_s;
}

bool touches_border(const Mask& mask, Size size) {
  const Box box = mask.bounds();
  return box.y == 0 || box.x == 0 || box.y_end() == size.height || box.x_end() == size.width;
}

}  // namespace mote::simulate
