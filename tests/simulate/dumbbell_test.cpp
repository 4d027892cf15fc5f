#include "mote/simulate/dumbbell.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::simulate {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr int kBridges = 60;
constexpr double kRatios[] = {1.0, 0.999, 0.8, 0.5, 0.2, 0.05};

/// Volume and centre of mass of a body of revolution from its outline alone, by Gauss's rule of 3
/// points over each of `kSlices` slices of each of the outline's three pieces.
struct Measured {
  double volume = 0;
  double centre = 0;
};

Measured measured(const Dumbbell& body) {
  constexpr int kSlices = 4000;
  constexpr double kPoint = 0.7745966692414834;
  const double ends[] = {-body.radius_a_nm, body.arc_begin_nm, body.arc_end_nm,
                         body.distance_nm + body.radius_b_nm};
  Measured total;
  for (int piece = 0; piece < 3; ++piece) {
    const double step = (ends[piece + 1] - ends[piece]) / kSlices;
    for (int i = 0; i < kSlices; ++i) {
      for (const double point : {-kPoint, 0.0, kPoint}) {
        const double z = ends[piece] + (i + 0.5 + 0.5 * point) * step;
        const double radius = body.radius_at(z);
        const double slice = kPi * radius * radius * step * (point == 0 ? 4.0 / 9 : 5.0 / 18);
        total.volume += slice;
        total.centre += slice * z;
      }
    }
  }
  total.centre /= total.volume;
  return total;
}

TEST(Dumbbell, KeepsTheVolumeOfBothSpheresToAMillionth) {
  for (const double ratio : kRatios) {
    const double end = end_of_bridge(10, 10 * ratio);
    const double expected = 4.0 / 3.0 * kPi * (1000 + 1000 * ratio * ratio * ratio);
    for (int i = 0; i <= kBridges; ++i) {
      const Measured body = measured(dumbbell(10, 10 * ratio, end * i / kBridges));
      EXPECT_NEAR(body.volume / expected, 1, 1e-6) << ratio << " at " << i;
    }
  }
}

TEST(Dumbbell, KnowsItsCentreOfMassToAMillionthOfItsRadius) {
  for (const double ratio : kRatios) {
    const double end = end_of_bridge(10, 10 * ratio);
    for (int i = 0; i <= kBridges; ++i) {
      const Dumbbell body = dumbbell(10, 10 * ratio, end * i / kBridges);
      EXPECT_NEAR(body.centre_of_mass_nm, measured(body).centre, 1e-5) << ratio << " at " << i;
    }
  }
}

TEST(Dumbbell, BeginsAsTwoTouchingSpheresAndEndsAsOneOfEqualVolume) {
  for (const double ratio : kRatios) {
    const double b = 10 * ratio;
    const double whole = std::cbrt(1000 + b * b * b);

    const Dumbbell first = dumbbell(10, b, 0);
    const Dumbbell last = dumbbell(10, b, end_of_bridge(10, b));

    EXPECT_NEAR(first.distance_nm, 10 + b, 1e-9) << ratio;
    EXPECT_NEAR(first.radius_a_nm, 10, 1e-9) << ratio;
    EXPECT_NEAR(last.radius_a_nm, whole, 1e-6) << ratio;
    const double tip = last.distance_nm + last.radius_b_nm;
    EXPECT_NEAR(tip, whole, 1e-6) << ratio;
  }
}

TEST(Dumbbell, HasANeckAsWideAsTheBridgeSays) {
  for (const double ratio : {1.0, 0.5}) {
    for (const double bridge : {0.1, 0.3, 0.5, 0.9}) {
      const Dumbbell body = dumbbell(10, 10 * ratio, bridge);
      double narrowest = 1e9;
      for (int i = 0; i <= 20000; ++i) {
        narrowest = std::min(narrowest, body.radius_at(body.distance_nm * i / 20000.0));
      }
      EXPECT_NEAR(narrowest / body.radius_b_nm, bridge, 1e-4) << ratio << " at " << bridge;
      EXPECT_EQ(body.neck_ratio, bridge);
    }
  }
}

TEST(Dumbbell, HasAnOutlineWithoutSteps) {
  for (const double ratio : kRatios) {
    const double end = end_of_bridge(10, 10 * ratio);
    for (int i = 1; i < kBridges; ++i) {
      const Dumbbell body = dumbbell(10, 10 * ratio, end * i / kBridges);
      for (const double joint : {body.arc_begin_nm, body.arc_end_nm}) {
        EXPECT_NEAR(body.radius_at(joint - 1e-9), body.radius_at(joint + 1e-9), 1e-4)
            << ratio << " at " << i;
      }
      EXPECT_LE(body.arc_begin_nm, body.arc_end_nm + 1e-9) << ratio << " at " << i;
    }
  }
}

TEST(Dumbbell, ShortensSteadilyAndWithoutAStepWhereTheWaistGoes) {
  for (const double ratio : kRatios) {
    const double end = end_of_bridge(10, 10 * ratio);
    double before = 1e9;
    for (int i = 0; i <= 1000; ++i) {
      const Dumbbell body = dumbbell(10, 10 * ratio, end * i / 1000);
      const double length = body.radius_a_nm + body.distance_nm + body.radius_b_nm;
      EXPECT_LE(length, before + 1e-9) << ratio << " at " << i;
      before = length;
    }
    EXPECT_NEAR(dumbbell(10, 10 * ratio, 1 - 1e-12).distance_nm,
                dumbbell(10, 10 * ratio, std::min(end, 1 + 1e-12)).distance_nm, 1e-4)
        << ratio;
  }
}

}  // namespace
}  // namespace mote::simulate
