#include "mote/track/approach.h"

#include <numbers>
#include <vector>

#include <gtest/gtest.h>

namespace mote::track {
namespace {

constexpr double kRadius = 20;

Lobe lobe(int32_t id, double x_px) {
  Lobe lobe{.id = id, .track = id};
  lobe.area_px = std::numbers::pi * kRadius * kRadius;
  lobe.position = {.y_px = 50, .x_px = x_px};
  return lobe;
}

/// Two discs with these gaps, a frame each.
Approaches approach(const std::vector<double>& gaps_px) {
  Approaches approaches;
  int64_t frame = 0;
  for (const double gap_px : gaps_px) {
    approaches.note({lobe(1, 50), lobe(2, 50 + 2 * kRadius + gap_px)}, frame++, {});
  }
  return approaches;
}

TEST(Approaches, DateTheClosingOfAGap) {
  const Approaches approaches = approach({30, 20, 10, 1, 2, 1, 0, 0, 0});

  const auto closing = approaches.closing({1, 2});

  ASSERT_TRUE(closing.has_value());
  EXPECT_EQ(closing->frame, 3);
  EXPECT_NEAR(closing->position.x_px, 50 + kRadius + 0.5, 0.01);
}

TEST(Approaches, AreNotEarlyWhereAPairComesNearSlowly) {
  const Approaches approaches = approach({8, 7, 6, 5, 4, 3, 1, 0, 0, 0});

  EXPECT_EQ(approaches.closing({1, 2})->frame, 6);
}

TEST(Approaches, AreNotMistakenByOneNoisyFrame) {
  const Approaches approaches = approach({30, 12, 1, 0, 9, 0, 0, 0});

  EXPECT_EQ(approaches.closing({1, 2})->frame, 2);
}

TEST(Approaches, ForgetAGapThatOpensAgain) {
  const Approaches once = approach({10, 1, 1, 1, 9, 9, 9});
  const Approaches twice = approach({10, 1, 1, 1, 9, 9, 9, 1, 1, 1});

  EXPECT_FALSE(once.closing({1, 2}).has_value());
  EXPECT_EQ(twice.closing({1, 2})->frame, 7);
}

TEST(Approaches, ForgetATrackThatIsNoMore) {
  Approaches approaches = approach({1, 1, 1});

  approaches.note({lobe(1, 50)}, 3, {});

  EXPECT_TRUE(approaches.pairs().empty());
}

TEST(Approaches, HoldWhileALobeSharesARegion) {
  Approaches approaches = approach({10, 1, 1, 1});
  Lobe hidden = lobe(2, 60);
  hidden.shared = true;

  approaches.note({lobe(1, 50), hidden}, 4, {});

  EXPECT_EQ(approaches.closing({1, 2})->frame, 1);
}

}  // namespace
}  // namespace mote::track
