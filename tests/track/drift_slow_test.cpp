#include <gtest/gtest.h>

#include "tests/drift_run.h"

namespace mote::track {
namespace {

TEST(DriftSlow, AThousandFramesUnderAPatternStrongerThanTheTexture) {
  const Size size = {256, 256};
  const synthetic::DriftScene scene({.size = size, .pattern_sd = 6},
                                    synthetic::wander(1000, 20, 0.2, 5));

  const synthetic::DriftRun run = synthetic::run_drift(scene, size);

  EXPECT_LE(run.error.step_rms_px, 0.1);
  EXPECT_LE(run.error.cumulative_max_px, 0.3);
  EXPECT_GT(run.ok_share, 0.99);
}

TEST(DriftSlow, AThousandFramesThatDriftAcrossTheField) {
  const Size size = {256, 256};
  std::vector<Point> drift;
  for (int i = 0; i < 1000; ++i) {
    drift.push_back({0.2 * i, -0.15 * i});
  }
  const synthetic::DriftScene scene({.size = size, .pattern_sd = 6}, drift);

  const synthetic::DriftRun run = synthetic::run_drift(scene, size);

  EXPECT_LE(run.error.step_rms_px, 0.1);
  EXPECT_LE(run.error.cumulative_max_px, 0.6);
  EXPECT_GT(run.ok_share, 0.99);
}

}  // namespace
}  // namespace mote::track
