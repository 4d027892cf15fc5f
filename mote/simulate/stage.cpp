#include "mote/simulate/stage.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "mote/simulate/draws.h"
#include "mote/simulate/elementary.h"

namespace mote::simulate {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kPeriods[] = {1, 0.62, 0.37};  // of the slowest: no common multiple in sight

}  // namespace

ShiftNm Stage::jump(int64_t interval, double time_s) const {
  Random random = draws(seed_, Stream::kJump, 0, static_cast<uint64_t>(interval));
  const double begin =
      (static_cast<double>(interval) + random.uniform(0, 1)) * options_.jump_interval_s;
  const double share = std::clamp((time_s - begin) / options_.jump_duration_s, 0.0, 1.0);
  const NormalPair size = normal_pair(random);
  const double way = options_.jump_nm * share * share * (3 - 2 * share);
  return {way * size.first, way * size.second};
}

ShiftNm Stage::at(double time_s) {
  if (!options_.enabled) {
    return {};
  }
  ShiftNm shift = {options_.velocity_y_nm_per_s * time_s, options_.velocity_x_nm_per_s * time_s};
  const double size = options_.wander_nm * std::sqrt(2.0 / std::size(kPeriods));
  for (size_t i = 0; i < std::size(kPeriods); ++i) {
    Random random = draws(seed_, Stream::kDrift, 0, i);
    const double y_phase = random.uniform(0, kTurn);
    const double x_phase = random.uniform(0, kTurn);
    const double turn = kTurn * time_s / (options_.wander_period_s * kPeriods[i]);
    shift.y_nm += size * (sin(turn + y_phase) - sin(y_phase));
    shift.x_nm += size * (sin(turn + x_phase) - sin(x_phase));
  }
  if (options_.jump_nm == 0) {
    return shift;
  }
  // A jump is over when its interval and its duration are.
  const double over = (time_s - options_.jump_duration_s) / options_.jump_interval_s;
  const int64_t ended = std::max<int64_t>(0, static_cast<int64_t>(std::floor(over)));
  if (ended < past_) {
    past_ = 0;
    sum_ = {};
  }
  for (; past_ < ended; ++past_) {
    const ShiftNm done = jump(past_, time_s);
    sum_ = {sum_.y_nm + done.y_nm, sum_.x_nm + done.x_nm};
  }
  shift = {shift.y_nm + sum_.y_nm, shift.x_nm + sum_.x_nm};
  const auto current = static_cast<int64_t>(std::floor(time_s / options_.jump_interval_s));
  for (int64_t interval = past_; interval <= current; ++interval) {
    const ShiftNm part = jump(interval, time_s);
    shift = {shift.y_nm + part.y_nm, shift.x_nm + part.x_nm};
  }
  return shift;
}

}  // namespace mote::simulate
