#include "mote/measure/survival.h"

#include <cmath>

#include <gtest/gtest.h>

namespace mote::measure {
namespace {

// Worked by hand: 6 watched from 0; dissolved at 2, 2 and 5; censored at 3, 6 and 6.
//   time 2: 6 at risk, 2 dissolve: S = 4/6;              Greenwood sum 2 / (6 x 4) = 1/12
//   time 5: 3 at risk, 1 dissolves: S = 4/6 x 2/3 = 4/9; 1/12 + 1 / (3 x 2) = 1/4
TEST(KaplanMeier, AgreesWithAnExampleWorkedByHand) {
  const std::vector<Lifetime> lives{{0, 2, true}, {0, 2, true},  {0, 3, false},
                                    {0, 5, true}, {0, 6, false}, {0, 6, false}};

  const std::vector<SurvivalStep> steps = kaplan_meier(lives);

  ASSERT_EQ(steps.size(), 2);
  EXPECT_EQ(steps[0].time, 2);
  EXPECT_EQ(steps[0].at_risk, 6);
  EXPECT_EQ(steps[0].dissolved, 2);
  EXPECT_NEAR(steps[0].survival, 4.0 / 6, 1e-12);
  EXPECT_NEAR(steps[0].se.value(), 4.0 / 6 * std::sqrt(1.0 / 12), 1e-12);
  EXPECT_EQ(steps[1].at_risk, 3);
  EXPECT_NEAR(steps[1].survival, 4.0 / 9, 1e-12);
  EXPECT_NEAR(steps[1].se.value(), 4.0 / 9 * 0.5, 1e-12);
  // log(-log S) +- 1.96 x 0.5 / -log(4/9): exponents 0.2986 and 3.3487.
  EXPECT_NEAR(steps[1].low, 0.0662, 5e-4);
  EXPECT_NEAR(steps[1].high, 0.7849, 5e-4);
}

TEST(KaplanMeier, CountsWhoEntersLateFromThenOn) {
  // At 2 only those of 0 are at risk; the one of 4 is at risk at 5.
  const std::vector<Lifetime> lives{{0, 2, true}, {0, 9, false}, {4, 5, true}};

  const std::vector<SurvivalStep> steps = kaplan_meier(lives);

  ASSERT_EQ(steps.size(), 2);
  EXPECT_EQ(steps[0].at_risk, 2);
  EXPECT_EQ(steps[1].at_risk, 2);
  EXPECT_NEAR(steps[1].survival, 0.25, 1e-12);
}

TEST(KaplanMeier, WhereNoneSurvivesEndsAtZero) {
  const std::vector<SurvivalStep> steps = kaplan_meier({{0, 1, true}, {0, 2, true}});

  ASSERT_EQ(steps.size(), 2);
  EXPECT_EQ(steps[1].survival, 0);
  EXPECT_FALSE(steps[1].se);
  EXPECT_EQ(steps[1].low, 0);
  EXPECT_NEAR(steps[1].high, 0.975, 1e-12);
}

TEST(KaplanMeier, OfCensoredLivesHasNoStep) {
  EXPECT_TRUE(kaplan_meier({{0, 5, false}, {2, 7, false}}).empty());
}

}  // namespace
}  // namespace mote::measure
