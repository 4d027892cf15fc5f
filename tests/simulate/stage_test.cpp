#include "mote/simulate/stage.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace mote::simulate {
namespace {

constexpr double kPi = std::numbers::pi;

StageOptions still_stage() {
  return {.wander_nm = 0};
}

TEST(Stage, WandersBackAndForthByItsStandardDeviationAtItsPeriods) {
  StageOptions options = still_stage();
  options.wander_nm = 2;
  options.wander_period_s = 10;
  Stage stage(options, 7);
  const int count = 200000;
  double sum = 0;
  double squares = 0;
  double squared_speeds = 0;
  double before = stage.at(0).y_nm;
  for (int i = 1; i <= count; ++i) {
    const double y = stage.at(0.05 * i).y_nm;
    sum += y;
    squares += y * y;
    squared_speeds += (y - before) * (y - before) / (0.05 * 0.05);
    before = y;
  }
  const double mean = sum / count;

  // Of three sines of periods 1, 0.62 and 0.37 times the slowest, each with a third of the
  // variance.
  const double speed =
      2 * kPi / 10 * 2 * std::sqrt((1 + 1 / (0.62 * 0.62) + 1 / (0.37 * 0.37)) / 3);
  EXPECT_NEAR(std::sqrt(squares / count - mean * mean) / 2, 1, 0.01);
  EXPECT_NEAR(std::sqrt(squared_speeds / count) / speed, 1, 0.01);
}

TEST(Stage, BeginsWhereItIsAndGoesAtItsVelocity) {
  StageOptions options = still_stage();
  options.velocity_y_nm_per_s = 3;
  options.velocity_x_nm_per_s = -2;
  Stage still(options, 7);
  options.wander_nm = 5;
  options.jump_nm = 5;
  Stage lively(options, 7);

  EXPECT_EQ(lively.at(0), ShiftNm{});
  EXPECT_EQ(still.at(2), (ShiftNm{6, -4}));
}

TEST(Stage, JumpsOnceInEachIntervalByItsStandardDeviationAtARandomTime) {
  StageOptions options = still_stage();
  options.jump_nm = 3;
  options.jump_interval_s = 2;
  options.jump_duration_s = 1e-6;
  Stage stage(options, 7);
  const int count = 4000;
  double squares_y = 0;
  double squares_x = 0;
  int in_first_half = 0;
  for (int i = 0; i < count; ++i) {
    const ShiftNm begin = stage.at(2.0 * i);
    const ShiftNm middle = stage.at(2.0 * i + 1);
    const ShiftNm end = stage.at(2.0 * (i + 1));
    squares_y += (end.y_nm - begin.y_nm) * (end.y_nm - begin.y_nm);
    squares_x += (end.x_nm - begin.x_nm) * (end.x_nm - begin.x_nm);
    in_first_half += middle == begin ? 0 : 1;
    // One jump: half of the way is never gone.
    EXPECT_TRUE(std::hypot(middle.y_nm - begin.y_nm, middle.x_nm - begin.x_nm) < 1e-9 ||
                std::hypot(middle.y_nm - end.y_nm, middle.x_nm - end.x_nm) < 1e-9);
  }

  const double share = 4 * std::sqrt(2.0 / count);
  EXPECT_NEAR(squares_y / count / 9, 1, share);
  EXPECT_NEAR(squares_x / count / 9, 1, share);
  EXPECT_NEAR(in_first_half, 0.5 * count, 4 * std::sqrt(0.25 * count));
}

TEST(Stage, TakesItsTimeForAJump) {
  StageOptions options = still_stage();
  options.jump_nm = 3;
  options.jump_interval_s = 100;
  options.jump_duration_s = 0.5;
  Stage stage(options, 7);
  const double whole = stage.at(101).y_nm;
  double first = 200;
  double last = 0;
  for (int i = 0; i <= 101000; ++i) {
    const double share = stage.at(0.001 * i).y_nm / whole;
    if (share > 0 && share < 1) {
      first = std::min(first, 0.001 * i);
      last = std::max(last, 0.001 * i);
    }
  }

  EXPECT_NEAR(last - first, 0.5, 0.003);
  EXPECT_NEAR(stage.at(0.5 * (first + last)).y_nm / whole, 0.5, 0.01);
}

TEST(Stage, IsAFunctionOfTimeWhateverWasAskedBefore) {
  StageOptions options;
  options.jump_nm = 2;
  options.jump_interval_s = 1;
  Stage used(options, 7);
  Stage fresh(options, 7);
  Stage other(options, 8);
  used.at(100);

  EXPECT_EQ(used.at(3.3), fresh.at(3.3));
  EXPECT_NE(other.at(3.3), fresh.at(3.3));
}

TEST(Stage, StandsStillWhereItIsOff) {
  Stage stage({.enabled = false, .velocity_y_nm_per_s = 3, .jump_nm = 2}, 7);

  EXPECT_EQ(stage.at(50), ShiftNm{});
}

}  // namespace
}  // namespace mote::simulate
