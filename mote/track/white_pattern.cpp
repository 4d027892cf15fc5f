#include "mote/track/white_pattern.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "mote/track/drift_state.h"

namespace mote::track {
namespace {

using imaging::kRings;

// The quarter of the rings with the highest frequencies.
constexpr int kFirstRing = 3 * kRings / 4;
constexpr double kForget = 0.95;  // a pair counts this share of the next
// Weight, in pairs, of the belief that nothing moves: it decides where all pairs lie closer
// together than about a sixth of a pixel.
constexpr double kBelief = 0.003;

}  // namespace

WhitePattern::WhitePattern() : sums_(count()) {}

size_t WhitePattern::count() {
  return kRings - kFirstRing;
}

void WhitePattern::add(const imaging::Rings& as_recorded, const imaging::Rings& registered,
                       double distance_px) {
  for (size_t i = 0; i < sums_.size(); ++i) {
    const size_t ring = kFirstRing + i;
    const double frequency = (static_cast<double>(ring) + 0.5) / (2 * kRings);
    const double c = std::cyl_bessel_j(0.0, 2 * std::numbers::pi * frequency * distance_px);
    Sums& sum = sums_[i];
    sum.own = kForget * sum.own + 1 + c * c;
    sum.mixed = kForget * sum.mixed + 2 * c;
    sum.still = kForget * sum.still + as_recorded[ring] + c * registered[ring];
    sum.moving = kForget * sum.moving + registered[ring] + c * as_recorded[ring];
    sum.pairs = kForget * sum.pairs + 1;
  }
}

void WhitePattern::load(ByteReader& in) {
  in.get(sums_);
  expect_sound(sums_.size() == count());
}

double WhitePattern::power() const {
  double power = 0;
  for (const Sums& sum : sums_) {
    const double specimen = sum.own + kBelief * sum.pairs;
    const double determinant = sum.own * specimen - sum.mixed * sum.mixed;
    if (determinant > 0) {
      power += (specimen * sum.still - sum.mixed * sum.moving) / determinant;
    }
  }
  return std::max(0.0, power / static_cast<double>(sums_.size()));
}

}  // namespace mote::track
