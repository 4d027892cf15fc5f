#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/measure/ripening.h"

namespace mote::measure {
namespace {

/// What 40 recordings of one kind decide.
struct Decisions {
  int held = 0;
  int right = 0;
  int undetermined = 0;
  int wrong = 0;
};

constexpr uint64_t kSeeds = 40;

void count(const std::string& verdict, const Interval& n, int truth, Decisions& out) {
  const bool undetermined = verdict.starts_with("n not determined");
  const bool right = verdict == fmt::format("n = {}", truth);
  out.held += n.low <= truth && truth <= n.high ? 1 : 0;
  out.undetermined += undetermined ? 1 : 0;
  out.right += right ? 1 : 0;
  out.wrong += !undetermined && !right ? 1 : 0;
}

Decisions decisions(Ripening truth) {
  Decisions out;
  for (truth.seed = 1; truth.seed <= kSeeds; ++truth.seed) {
    const GrowthRow free = measured_ripening(truth).growth.front();
    count(free.verdict, *free.n, truth.exponent, out);
  }
  return out;
}

struct Case {
  Ripening truth;
  int least_right = 0;
  int most_right = 40;
};

class FortyRipenings : public testing::TestWithParam<Case> {};

TEST_P(FortyRipenings, HoldTheTruthAndDecideNothingTooSoon) {
  const Decisions found = decisions(GetParam().truth);

  RecordProperty("held", found.held);
  RecordProperty("right", found.right);
  RecordProperty("undetermined", found.undetermined);
  RecordProperty("wrong", found.wrong);
  EXPECT_GE(found.held, 36);
  EXPECT_LE(found.wrong, 2);
  EXPECT_GE(found.right, GetParam().least_right);
  EXPECT_LE(found.right, GetParam().most_right);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, FortyRipenings,
    testing::Values(Case{{.exponent = 3, .particles = 1000, .until = 2.5}, 36},
                    Case{{.exponent = 2, .particles = 1000, .until = 2.5}, 34},
                    Case{{.exponent = 4, .particles = 1000, .until = 2.5}, 36},
                    Case{{.exponent = 3, .particles = 400, .until = 2}, 0},
                    Case{{.exponent = 3, .particles = 400, .until = 1.3}, 0, 0}));

/// What the rates of single particles decide in 40 short recordings.
Decisions decisions_of_rates(Ripening truth) {
  Decisions out;
  for (truth.seed = 1; truth.seed <= kSeeds; ++truth.seed) {
    const RateRow row = measured_ripening(truth).rates.front();
    count(row.law_verdict, *row.law_n, truth.exponent, out);
  }
  return out;
}

class FortyShortRipenings : public testing::TestWithParam<Ripening> {};

TEST_P(FortyShortRipenings, AreDecidedByTheRatesOfTheirParticles) {
  const Decisions found = decisions_of_rates(GetParam());

  RecordProperty("held", found.held);
  RecordProperty("right", found.right);
  RecordProperty("undetermined", found.undetermined);
  EXPECT_GE(found.held, 36);
  EXPECT_GE(found.right, 36);
  EXPECT_LE(found.wrong, 2);
}

// The convention is that of an edge blurred by 1 px.
constexpr double kConventionPx = 0.3;

INSTANTIATE_TEST_SUITE_P(Kinds, FortyShortRipenings,
                         testing::Values(Ripening{.exponent = 2,
                                                  .particles = 60,
                                                  .frames = 100,
                                                  .until = 1.2,
                                                  .convention_px = kConventionPx},
                                         Ripening{.exponent = 3,
                                                  .particles = 60,
                                                  .frames = 100,
                                                  .until = 1.2,
                                                  .convention_px = kConventionPx},
                                         Ripening{.exponent = 4,
                                                  .particles = 60,
                                                  .frames = 100,
                                                  .until = 1.2,
                                                  .convention_px = kConventionPx}));

}  // namespace
}  // namespace mote::measure
