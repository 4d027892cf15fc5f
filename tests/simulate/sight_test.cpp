#include "mote/simulate/sight.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "mote/simulate/raster.h"
#include "tests/simulate/still_world.h"

namespace mote::simulate {
namespace {

/// Particles 1 and 2, of 4 and 3 nm, which have grown into the pair 3 in the middle of the field.
SeenBody pair_of_two() {
  SeenBody body{.particle = 3, .radius_nm = std::cbrt(64.0 + 27.0)};
  const std::array<double, 3> axis = {0.6, 0.8, 0};
  body.merger = Merger{.larger = 1, .smaller = 2, .larger_nm = 4, .smaller_nm = 3, .axis = axis};
  body.body = Pair{.centre = {50, 50, 0}, .axis = axis, .shape = dumbbell(4, 3, 0.3)};
  return body;
}

TEST(InstancesOf, CutAPairInTwoUntilItsNeckIsWideEnough) {
  WorldOptions options = still_world();
  const SeenBody body = pair_of_two();
  const double neck_ratio = std::get<Pair>(body.body).shape.neck_ratio;
  options.coalescence.merge_neck_ratio = neck_ratio + 0.01;
  const auto halves = instances_of(body, options);
  options.coalescence.merge_neck_ratio = neck_ratio - 0.01;

  const auto whole = instances_of(body, options);

  ASSERT_EQ(halves.size(), 2U);
  ASSERT_EQ(whole.size(), 1U);
  EXPECT_EQ(halves[0].first, 1);
  EXPECT_EQ(halves[1].first, 2);
  EXPECT_EQ(whole[0].first, 3);
  EXPECT_EQ(halves[0].second.mask.area_px() + halves[1].second.mask.area_px(),
            whole[0].second.mask.area_px());
  EXPECT_NEAR(halves[0].second.volume_nm3 + halves[1].second.volume_nm3, whole[0].second.volume_nm3,
              1e-9);
  // 64 : 27 by volume, on either side of the common centre of mass, along the axis.
  const Point larger = halves[0].second.centre - whole[0].second.centre;
  const Point smaller = halves[1].second.centre - whole[0].second.centre;
  EXPECT_NEAR(smaller.y_px / larger.y_px, -64.0 / 27, 0.02);
  EXPECT_NEAR(smaller.x_px / smaller.y_px, 0.8 / 0.6, 1e-9);
}

TEST(InstancesOf, AreNoneOutOfTheField) {
  SeenBody body = pair_of_two();
  std::get<Pair>(body.body).centre.y_nm = -20;

  EXPECT_TRUE(instances_of(body, still_world()).empty());
}

TEST(TimeOfChange, IsWhenTheLastPixelLeavesAndTheFirstComes) {
  WorldOptions options = still_world();
  options.stage = {.enabled = true, .velocity_x_nm_per_s = 10, .wander_nm = 0};
  World world(options);
  const auto shows = [&](int64_t particle, double time_s) {
    const std::vector<SeenBody> bodies = world.bodies_at(time_s, particle);
    return std::any_of(bodies.begin(), bodies.end(),
                       [&](const SeenBody& body) { return !instances_of(body, options).empty(); });
  };
  int changes = 0;
  for (const WorldEvent& event : world.take_events(3)) {
    const bool comes = event.type == WorldEventType::kEntered;
    const int64_t particle = event.particles.at(0);
    const SeenBody body = world.bodies_at(event.time_s, particle).at(0);
    if (event.time_s < 0.2 || std::fabs(std::get<Sphere>(body.body).centre.y_nm - 50) > 45) {
      continue;  // not within the recording, or past a corner of the field
    }

    const double time_s =
        time_of_change_s(world, particle, event.time_s - 0.2, event.time_s + 0.2, comes);

    // A column of pixels is 0.05 s wide, and the outermost of a disc may lie a column inside.
    EXPECT_NEAR(time_s, event.time_s, 0.1);
    EXPECT_EQ(shows(particle, time_s - 1e-9), !comes);
    EXPECT_EQ(shows(particle, time_s + 1e-9), comes);
    ++changes;
  }
  EXPECT_GE(changes, 4);
}

TEST(TouchesBorder, IsToHaveAPixelInTheOutermostRowsOrColumns) {
  EXPECT_TRUE(touches_border({{{.y = 3, .x = 7, .length = 3}}}, {20, 10}));
  EXPECT_TRUE(touches_border({{{.y = 0, .x = 4, .length = 1}}}, {20, 10}));
  EXPECT_FALSE(touches_border({{{.y = 18, .x = 1, .length = 8}}}, {20, 10}));
}

}  // namespace
}  // namespace mote::simulate
