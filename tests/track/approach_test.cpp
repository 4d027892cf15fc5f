#include "mote/track/approach.h"

#include <numbers>
#include <vector>

#include <gtest/gtest.h>

namespace mote::track {
namespace {

constexpr double kRadius = 20;
/// A frame after all others.
constexpr int64_t kNeck = 20;

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

  const auto contact = approaches.contact({1, 2}, kNeck);

  ASSERT_TRUE(contact.has_value());
  EXPECT_EQ(contact->frame, 3);
  EXPECT_NEAR(contact->position.x_px, 50 + kRadius + 0.5, 0.01);
}

TEST(Approaches, AreNotEarlyWhereAPairComesNearSlowly) {
  const Approaches approaches = approach({8, 7, 6, 5, 4, 3, 1, 0, 0, 0});

  EXPECT_EQ(approaches.contact({1, 2}, kNeck)->frame, 6);
}

TEST(Approaches, AreNotMistakenByOneNoisyFrame) {
  const Approaches approaches = approach({30, 12, 1, 0, 9, 0, 0, 0});

  EXPECT_EQ(approaches.contact({1, 2}, kNeck)->frame, 2);
}

TEST(Approaches, AreNotEarlyWhereAPairHoversBeforeItTouches) {
  const Approaches approaches = approach({20, 12, 3, 3, 3, 0, 0, 0, 0, 0, 0});

  EXPECT_EQ(approaches.contact({1, 2}, kNeck)->frame, 5);
}

TEST(Approaches, AreNotLateWhereOutlinesAreTooNarrowToShowTheGapClosed) {
  const Approaches approaches = approach({20, 12, 4, 4, 4, 4, 4, 4});

  EXPECT_EQ(approaches.contact({1, 2}, 6)->frame, 2);
}

TEST(Approaches, KnowSinceWhenAPairSticksWhoseGapWasStillOpen) {
  const Approaches approaches = approach({20, 15, 8, 7, 8, 7, 8, 7});

  EXPECT_EQ(approaches.contact({1, 2}, 7)->frame, 3);
}

TEST(Approaches, LeaveThoseToTheNeckThatGoOnComingNearerAndWhoseGapWasOpen) {
  const Approaches approaches = approach({16, 14.5, 13, 11.5, 10, 8.5, 7, 5.5});

  EXPECT_FALSE(approaches.contact({1, 2}, 7).has_value());
}

TEST(Approaches, AreNoLaterThanTheNeck) {
  const Approaches approaches = approach({20, 12, 4, 4, 4, 4, 4, 4});

  EXPECT_FALSE(approaches.contact({1, 2}, 2).has_value());
}

TEST(Approaches, ForgetAGapThatOpensAgain) {
  const Approaches once = approach({10, 1, 1, 1, 9, 9, 9});
  const Approaches twice = approach({10, 1, 1, 1, 9, 9, 9, 1, 1, 1});

  EXPECT_FALSE(once.contact({1, 2}, kNeck).has_value());
  EXPECT_EQ(twice.contact({1, 2}, kNeck)->frame, 7);
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

  EXPECT_EQ(approaches.contact({1, 2}, kNeck)->frame, 1);
}

}  // namespace
}  // namespace mote::track
