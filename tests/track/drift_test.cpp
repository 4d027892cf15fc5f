#include "mote/track/drift.h"

#include <cmath>
#include <limits>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "tests/drift_run.h"

namespace mote::track {
namespace {

using synthetic::DriftScene;
using synthetic::run_drift;
using synthetic::wander;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr Size kSize = {256, 256};

std::vector<Point> steady(Point step, int64_t frames) {
  std::vector<Point> path;
  for (int64_t i = 0; i < frames; ++i) {
    path.push_back({static_cast<double>(i) * step.y_px, static_cast<double>(i) * step.x_px});
  }
  return path;
}

TEST(Drift, IsFoundUnderParticlesNoiseAndAPatternStrongerThanTheTexture) {
  const DriftScene scene({.size = kSize, .pattern_sd = 6}, wander(120, 20, 0.3, 5));

  const auto run = run_drift(scene, kSize);

  EXPECT_LE(run.error.step_rms_px, 0.1);
  EXPECT_LE(run.error.cumulative_max_px, 0.3);
  EXPECT_THAT(run.warnings, Contains(HasSubstr("fixed pattern")));
}

TEST(Drift, WithoutAPatternIsFoundFromTheFirstFrameOn) {
  const DriftScene scene({.size = kSize}, wander(60, 20, 0.2, 5));

  const auto run = run_drift(scene, kSize);

  EXPECT_LE(run.error.step_rms_px, 0.05);
  EXPECT_LE(run.error.cumulative_max_px, 0.1);
  EXPECT_EQ(run.ok_share, 1);
  EXPECT_NEAR(run.running[40].shift.y_px, scene.drift()[40].y_px, 0.1);
}

// At a low dose noise hides the pattern but at frequencies that the optics does not let through.
TEST(Drift, IsFollowedBesideAPatternThatNoiseHidesInPart) {
  const DriftScene scene({.size = kSize,
                          .texture_sd = 8,
                          .pattern_sd = 2,
                          .noise_sd = 24,
                          .noise_px = 0.8,
                          .read_noise_sd = 4},
                         wander(60, 40, 0.2, 3));

  const auto run = run_drift(scene, kSize);

  EXPECT_LE(run.error.cumulative_max_px, 1);
  EXPECT_LE(run.error.step_rms_px, 0.4);
}

TEST(Drift, SlowerThanThePatternCanBeToldIsFollowedAllTheSame) {
  const DriftScene scene({.size = kSize, .pattern_sd = 6}, steady({0.02, -0.01}, 70));

  const auto run = run_drift(scene, kSize);

  EXPECT_LE(run.error.cumulative_max_px, 0.15);
  EXPECT_NEAR(run.running.back().shift.y_px, scene.drift().back().y_px, 0.15);
}

// Small discs that each go their own way, and nothing else: particles that no mask covers.
DriftScene loose_scene(double speed_px = 0.5, double noise_sd = 8, size_t frames = 24) {
  return {{.size = kSize,
           .texture_sd = 0,
           .noise_sd = noise_sd,
           .particles = 250,
           .radius_px = 3,
           .speed_px = speed_px},
          std::vector<Point>(frames)};
}

DriftResult unmasked(const DriftScene& scene, const DriftOptions& options) {
  const auto estimator = make_drift_estimator(options, kSize);
  for (int64_t i = 0; i < scene.frames(); ++i) {
    estimator->push(i, estimator->prepare(scene.image(i), {}));
  }
  return estimator->solve();
}

TEST(Drift, WhereTheSupportMovesApartAssumesNone) {
  const DriftResult result = unmasked(loose_scene(), {});

  EXPECT_THAT(result.warnings, Contains(HasSubstr("does not move as one")));
  EXPECT_EQ(result.rows.back().shift, (Point{0, 0}));
  EXPECT_FALSE(result.rows.back().ok);
}

TEST(Drift, WhereTheSupportMovesApartAssumesNoneInALongRecordingEither) {
  const DriftResult result = unmasked(loose_scene(0.5, 8, 300), {});

  EXPECT_THAT(result.warnings, Contains(HasSubstr("does not move as one")));
  EXPECT_EQ(result.rows.back().shift, (Point{0, 0}));
}

TEST(Drift, OfParticlesThatMoveByTheirOwnSizeAndMoreIsNotAssumed) {
  for (const double speed_px : {2, 4, 8}) {
    for (const double noise_sd : {8, 30}) {
      const DriftResult result = unmasked(loose_scene(speed_px, noise_sd), {});

      EXPECT_THAT(result.warnings, Contains(HasSubstr("does not move as one")))
          << speed_px << " px a frame, noise " << noise_sd;
      EXPECT_FALSE(result.rows.back().ok);
    }
  }
}

TEST(Drift, OfASupportThatIsHardlyToBeSeenIsNotTakenForACrowd) {
  const DriftScene scene({.size = kSize, .texture_sd = 0.65}, wander(50, 20, 0.2, 5));

  const auto run = run_drift(scene, kSize);

  EXPECT_THAT(run.warnings, Not(Contains(HasSubstr("does not move as one"))));
  EXPECT_GE(run.ok_share, 0.95);
}

TEST(Drift, OfAllThatMovesApartIsTheMeanWhereAskedFor) {
  const DriftResult result = unmasked(loose_scene(), {.from = DriftFrom::kAll});

  EXPECT_THAT(result.warnings, Contains(HasSubstr("mean motion")));
  EXPECT_TRUE(result.rows.back().ok);
}

TEST(Drift, OfOneSupportDoesNotSayThatItMovesApart) {
  const DriftScene scene({.size = kSize}, wander(24, 20, 0.3, 5));

  const auto run = run_drift(scene, kSize);

  EXPECT_THAT(run.warnings, Not(Contains(HasSubstr("does not move as one"))));
}

TEST(Drift, WithoutTextureSaysThatDriftAndMotionCannotBeToldApart) {
  const DriftScene scene({.size = kSize, .texture_sd = 0}, wander(40, 20, 0.3, 5));

  const auto run = run_drift(scene, kSize);

  EXPECT_THAT(run.warnings, Contains(HasSubstr("cannot be told apart")));
  EXPECT_EQ(run.ok_share, 0);
  EXPECT_EQ(run.solved.back().shift, (Point{0, 0}));
}

TEST(Drift, AFixedPatternWithoutTextureIsNotTakenForAResult) {
  const DriftScene scene({.size = kSize, .texture_sd = 0, .pattern_sd = 6}, wander(40, 20, 0.3, 5));

  const auto run = run_drift(scene, kSize);

  EXPECT_THAT(run.warnings, Contains(HasSubstr("cannot be told apart")));
  EXPECT_EQ(run.ok_share, 0);
}

TEST(Drift, ASpecimenAtRestIsFoundAtRest) {
  const DriftScene scene({.size = kSize}, std::vector<Point>(40));

  const auto run = run_drift(scene, kSize);

  EXPECT_LE(run.error.cumulative_max_px, 0.1);
  EXPECT_EQ(run.ok_share, 1);
}

TEST(Drift, FollowsParticlesWhenAskedTo) {
  const DriftScene scene({.size = kSize, .texture_sd = 0, .particles = 12, .speed_px = 0},
                         wander(30, 20, 0.3, 5));

  const auto run = run_drift(scene, kSize, {.from = DriftFrom::kParticles});

  EXPECT_LE(run.error.cumulative_max_px, 0.3);
}

TEST(Drift, FollowsEverythingWhenAskedTo) {
  const DriftScene scene({.size = kSize, .particles = 12, .speed_px = 0}, wander(30, 20, 0.3, 5));

  const auto run = run_drift(scene, kSize, {.from = DriftFrom::kAll});

  EXPECT_LE(run.error.cumulative_max_px, 0.3);
}

TEST(Drift, AJumpIsFollowedAndFlagged) {
  std::vector<Point> drift = wander(40, 5, 0.1, 5);
  for (size_t i = 20; i < drift.size(); ++i) {
    drift[i].y_px += 15;
  }
  const DriftScene scene({.size = kSize}, drift);

  const auto run = run_drift(scene, kSize);

  EXPECT_TRUE(run.solved[20].jump);
  EXPECT_FALSE(run.solved[19].jump);
  EXPECT_LE(run.error.cumulative_max_px, 0.2);
}

TEST(Drift, AnEmptyFrameIsInterpolatedAndFlagged) {
  const DriftScene scene({.size = kSize}, wander(40, 20, 0.05, 5));
  const auto estimator = make_drift_estimator({}, kSize);
  for (int64_t i = 0; i < 40; ++i) {
    const Grid<float> image = i == 25 ? Grid<float>(kSize, 100.0F) : scene.image(i);
    estimator->push(i, estimator->prepare(image, scene.particles(i)));
  }

  const auto [rows, warnings] = estimator->solve();

  EXPECT_FALSE(rows[25].ok);
  EXPECT_TRUE(rows[25].blurred);
  EXPECT_NEAR(rows[25].shift.y_px, scene.drift()[25].y_px, 0.5);
  EXPECT_TRUE(rows[26].ok);
  EXPECT_THAT(warnings, Contains(HasSubstr("1 of 40 frames")));
}

TEST(Drift, PreparesTheSameOnManyThreads) {
  const DriftScene scene({.size = kSize}, wander(8, 20, 0.3, 5));
  const auto alone = make_drift_estimator({}, kSize);
  const auto shared = make_drift_estimator({}, kSize);
  std::vector<std::unique_ptr<DriftPrepared>> prepared(8);
  std::vector<std::thread> threads;
  for (int64_t i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      prepared[static_cast<size_t>(i)] = shared->prepare(scene.image(i), scene.particles(i));
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (int64_t i = 0; i < 8; ++i) {
    shared->push(i, std::move(prepared[static_cast<size_t>(i)]));
    alone->push(i, alone->prepare(scene.image(i), scene.particles(i)));
  }

  EXPECT_EQ(shared->solve(), alone->solve());
}

TEST(Drift, NaNsTinyFieldsAndEmptyRecordingsAreSurvived) {
  const auto tiny = make_drift_estimator({}, {9, 5});
  tiny->push(0, tiny->prepare(Grid<float>({9, 5}, 1.0F), {}));
  tiny->push(1, tiny->prepare(Grid<float>({9, 5}, 1.0F), {}));
  const auto holes = make_drift_estimator({}, {64, 96});
  holes->push(0,
              holes->prepare(Grid<float>({64, 96}, std::numeric_limits<float>::quiet_NaN()), {}));
  holes->push(1, holes->prepare(Grid<float>({64, 96}, std::numeric_limits<float>::infinity()), {}));

  EXPECT_FALSE(tiny->solve().rows[1].ok);
  EXPECT_FALSE(holes->solve().rows[1].ok);
  EXPECT_TRUE(make_drift_estimator({}, kSize)->solve().rows.empty());
}

TEST(Drift, RefusesWhatCannotBe) {
  EXPECT_THROW(make_drift_estimator({.key_every_frames = 0}, kSize), Error);
  EXPECT_THROW(make_drift_estimator({.max_shift_px = -1}, kSize), Error);
  EXPECT_THROW(make_drift_estimator({.min_peak_ratio = 0}, kSize), Error);
  EXPECT_THROW(make_drift_estimator({}, {0, 0}), Error);
  const auto estimator = make_drift_estimator({}, kSize);
  EXPECT_THROW(estimator->prepare(Grid<float>({8, 8}), {}), Error);
  EXPECT_THROW(estimator->prepare(Grid<float>(kSize), BinaryImage({8, 8})), Error);
}

}  // namespace
}  // namespace mote::track
