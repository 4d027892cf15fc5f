#include "mote/measure/brownian.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/measure/walks.h"

namespace mote::measure {
namespace {

using synthetic::Walk;

BrownianFit fitted(const Walk& walk, uint64_t seed) {
  BrownianLikelihood likelihood;
  const std::vector<Point> seen = synthetic::walked(walk, seed);
  for (size_t i = 1; i < seen.size(); ++i) {
    likelihood.add({seen[i].y_px - seen[i - 1].y_px, seen[i].x_px - seen[i - 1].x_px}, 1);
  }
  return likelihood.fit(walk.exposure).value();
}

/// What many tracks of one kind give, over the truth.
struct Survey {
  double diffusion = 0;     // mean over truth
  double localisation = 0;  // likewise, of the squares
  double diffusion_cover = 0;
  double localisation_cover = 0;
  double error_ratio = 0;  // stated standard error over the spread
  double mobile = 0;
};

Survey survey(const Walk& walk, int tracks) {
  Survey out;
  double spread = 0;
  double error = 0;
  for (int i = 0; i < tracks; ++i) {
    const BrownianFit fit = fitted(walk, static_cast<uint64_t>(1 + i));
    const double squared = walk.localisation * walk.localisation;
    out.diffusion += fit.diffusion.value / walk.diffusion / tracks;
    out.localisation += fit.localisation.value * fit.localisation.value / squared / tracks;
    const bool held = fit.diffusion.low <= walk.diffusion && walk.diffusion <= fit.diffusion.high;
    out.diffusion_cover += held ? 1.0 / tracks : 0;
    const bool noise_held =
        fit.localisation.low <= walk.localisation && walk.localisation <= fit.localisation.high;
    out.localisation_cover += noise_held ? 1.0 / tracks : 0;
    spread += std::pow(fit.diffusion.value - walk.diffusion, 2) / tracks;
    error += std::pow(fit.diffusion_se.value_or(0), 2) / tracks;
    out.mobile += fit.p_immobile < 0.01 ? 1.0 / tracks : 0;
  }
  out.error_ratio = std::sqrt(error / spread);
  return out;
}

struct Case {
  const char* name;
  Walk walk;
  double bias;  ///< allowed: about three standard errors of the mean
};

class BrownianTracks : public testing::TestWithParam<Case> {};

TEST_P(BrownianTracks, AreMeasuredWithoutBiasAndIntervalsHoldTheTruth) {
  const Survey found = survey(GetParam().walk, 500);

  RecordProperty("diffusion", std::to_string(found.diffusion));
  RecordProperty("localisation", std::to_string(found.localisation));
  RecordProperty("diffusion_cover", std::to_string(found.diffusion_cover));
  RecordProperty("localisation_cover", std::to_string(found.localisation_cover));
  EXPECT_NEAR(found.diffusion, 1, GetParam().bias);
  EXPECT_GE(found.diffusion_cover, 0.90);
  EXPECT_LE(found.diffusion_cover, 0.98);
  EXPECT_GE(found.localisation_cover, 0.90);
  EXPECT_LE(found.localisation_cover, 0.985);  // three counting errors above the nominal 0.95
  EXPECT_GT(found.mobile, 0.95);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, BrownianTracks,
    testing::Values(
        Case{"good",
             {.diffusion = 0.5, .localisation = 0.3, .exposure = 1, .displacements = 200},
             0.025},
        Case{"noisy",
             {.diffusion = 0.05, .localisation = 0.5, .exposure = 1, .displacements = 400},
             0.05},
        Case{"short exposure",
             {.diffusion = 0.5, .localisation = 0.3, .exposure = 0.2, .displacements = 200},
             0.025},
        Case{"short track",
             {.diffusion = 0.5, .localisation = 0.3, .exposure = 1, .displacements = 30},
             0.07},
        Case{"long track",
             {.diffusion = 0.01, .localisation = 0.3, .exposure = 1, .displacements = 2000},
             0.02}),
    [](const auto& kind) {
      std::string name = kind.param.name;
      for (char& letter : name) {
        letter = letter == ' ' ? '_' : letter;
      }
      return name;
    });

TEST(BrownianLikelihood, FindsTheLocalisationErrorUnderBlur) {
  const Survey found =
      survey({.diffusion = 0.2, .localisation = 0.4, .exposure = 1, .displacements = 400}, 600);

  EXPECT_NEAR(found.localisation, 1, 0.02);
  EXPECT_NEAR(found.error_ratio, 1, 0.12);
}

TEST(BrownianLikelihood, CallsImmobileParticlesImmobile) {
  Survey found = survey({.diffusion = 1e-12, .localisation = 0.4, .displacements = 100}, 600);

  RecordProperty("mobile", std::to_string(found.mobile));
  EXPECT_LT(found.mobile, 0.02);
  EXPECT_NEAR(found.localisation, 1, 0.02);
}

TEST(BrownianLikelihood, TakesWhatTheDriftFeignsForNoMotion) {
  BrownianLikelihood likelihood;
  const std::vector<Point> seen =
      synthetic::walked({.diffusion = 0.01, .localisation = 0.1, .displacements = 1000}, 5);
  for (size_t i = 1; i < seen.size(); ++i) {
    likelihood.add({seen[i].y_px - seen[i - 1].y_px, seen[i].x_px - seen[i - 1].x_px}, 1);
  }

  EXPECT_LT(likelihood.fit(1, 0).value().p_immobile, 1e-6);
  EXPECT_LT(likelihood.fit(1, 0.005).value().p_immobile, 0.01);
  EXPECT_EQ(likelihood.fit(1, 0.02).value().p_immobile, 1);
}

TEST(BrownianLikelihood, OfDisplacementsOfTwoIntervalsIsThatOfHalfTheRate) {
  // Every second frame of a walk of 2,000: the same D, whatever the time between positions.
  const Walk walk{.diffusion = 0.3, .localisation = 0.3, .exposure = 0, .displacements = 2000};
  const std::vector<Point> seen = synthetic::walked(walk, 3);
  BrownianLikelihood likelihood;
  for (size_t i = 2; i < seen.size(); i += 2) {
    likelihood.add({seen[i].y_px - seen[i - 2].y_px, seen[i].x_px - seen[i - 2].x_px}, 2);
  }

  const BrownianFit fit = likelihood.fit(0).value();

  EXPECT_NEAR(fit.diffusion.value, 0.3, 0.03);
  EXPECT_NEAR(fit.localisation.value, 0.3, 0.12);
}

TEST(BrownianLikelihood, OfNothingThatMovesIsZero) {
  BrownianLikelihood likelihood;
  for (int i = 0; i < 50; ++i) {
    likelihood.add({0, 0}, 1);
  }

  const BrownianFit fit = likelihood.fit(1).value();

  EXPECT_EQ(fit.diffusion.value, 0);
  EXPECT_EQ(fit.localisation.value, 0);
  EXPECT_EQ(fit.p_immobile, 1);
}

TEST(BrownianLikelihood, OfTwoDisplacementsSaysNothing) {
  BrownianLikelihood likelihood;
  likelihood.add({1, 0}, 1);
  likelihood.add({0, 1}, 1);

  EXPECT_FALSE(likelihood.fit(1));
}

}  // namespace
}  // namespace mote::measure
