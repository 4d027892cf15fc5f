#include "mote/simulate/unevenness.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "mote/simulate/elementary.h"
#include "mote/simulate/random.h"
#include "mote/simulate/vector_clones.h"

namespace mote::simulate {
namespace {

constexpr std::array<double, 3> kLengths = {2, 1, 0.55};        // of the waves, of the middle one
constexpr std::array<double, 3> kHeights = {1.11, 0.75, 0.43};  // half of their squares' sum: 1

/// The mean of cos(2 pi x / length) over a ball of `radius_nm` about 0: 3 j1(q) / q.
double mean_over_ball(double per_nm, double radius_nm) {
  const double q = 2 * std::numbers::pi * per_nm * radius_nm;
  return q < 1e-2 ? 1 - q * q / 10 : 3 * (sin(q) - q * cos(q)) / (q * q * q);
}

/// sin(2 pi turns) to 0.001 by two parabolas, without a branch, so that loops over it vectorise.
double wave(double turns) {
  constexpr double kRounder = 6755399441055744;  // 1.5 * 2^52: to the nearest whole number
  const double t = turns - ((turns + kRounder) - kRounder);
  const double parabola = 16 * t * (0.5 - std::fabs(t));
  return parabola * (0.775 + 0.225 * std::fabs(parabola));
}

}  // namespace

double most_reach_nm(const Unevenness& unevenness) {
  double sum = 0;  // of the waves; their mean is no larger
  for (const double height : kHeights) {
    sum += 2 * height;
  }
  return sum * unevenness.height_nm;
}

Shears::Shears(const Unevenness& unevenness, double y_nm, double x_nm,
               std::span<const BallNm> balls)
    : y_nm_(y_nm), x_nm_(x_nm) {
  Random random(mix(unevenness.key));
  double volume = 0;
  for (const BallNm& ball : balls) {
    volume += ball.radius_nm * ball.radius_nm * ball.radius_nm;
  }
  for (Waves* waves : {&along_x_, &along_y_}) {
    for (size_t i = 0; i < kLengths.size(); ++i) {
      waves->height_nm[i] = unevenness.height_nm * kHeights[i];
      waves->per_nm[i] = random.uniform(0.8, 1.25) / (unevenness.length_nm * kLengths[i]);
      waves->turns[i] = random.uniform(0, 1);
      for (const BallNm& ball : balls) {
        const double at = waves == &along_x_ ? ball.x_nm : ball.y_nm;
        const double share = ball.radius_nm * ball.radius_nm * ball.radius_nm / volume;
        waves->mean_nm += share * waves->height_nm[i] *
                          mean_over_ball(waves->per_nm[i], ball.radius_nm) *
                          wave(waves->per_nm[i] * at + waves->turns[i]);
      }
    }
    double reach = std::fabs(waves->mean_nm);
    for (const double height : waves->height_nm) {
      reach += height;
    }
    reach_nm_ = std::max(reach_nm_, reach);
  }
}

MOTE_VECTOR_CLONES
void Shears::add_shift(const Waves& waves, double from_nm, int64_t count, const double* at_nm,
                       double* to_nm) {
  const auto [height0, height1, height2] = waves.height_nm;
  const auto [per0, per1, per2] = waves.per_nm;
  const auto [turns0, turns1, turns2] = waves.turns;
  const double mean = waves.mean_nm;
  for (int64_t i = 0; i < count; ++i) {
    const double at = at_nm[i] - from_nm;
    to_nm[i] += height0 * wave(per0 * at + turns0) + height1 * wave(per1 * at + turns1) +
                height2 * wave(per2 * at + turns2) - mean;
  }
}

}  // namespace mote::simulate
