#include "mote/track/white_pattern.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace mote::track {
namespace {

using imaging::kRings;
using imaging::Rings;

// What a pair of frames has in common: by ring, pattern + c specimen or specimen + c pattern.
Rings common(double standing, double turned, double distance_px) {
  Rings out(kRings);
  for (int ring = 0; ring < kRings; ++ring) {
    const double k = std::numbers::pi * (ring + 0.5) / kRings;
    out[ring] = standing + turned * std::cyl_bessel_j(0.0, k * distance_px);
  }
  return out;
}

TEST(WhitePattern, IsToldFromAWhiteSpecimenOnceThatMoved) {
  WhitePattern white;

  for (const double distance_px : {0.2, 0.5, 0.9}) {
    white.add(common(3, 5, distance_px), common(5, 3, distance_px), distance_px);
  }

  EXPECT_NEAR(white.power(), 3, 0.1);
}

TEST(WhitePattern, IsAllThatIsInCommonWhileNothingMoved) {
  WhitePattern white;

  white.add(common(3, 5, 0), common(5, 3, 0), 0);

  EXPECT_NEAR(white.power(), 8, 0.05);
}

TEST(WhitePattern, IsNothingBeforeTheFirstPair) {
  EXPECT_EQ(WhitePattern().power(), 0);
}

}  // namespace
}  // namespace mote::track
