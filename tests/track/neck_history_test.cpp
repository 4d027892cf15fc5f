#include "mote/track/neck_history.h"

#include <cmath>
#include <cstdint>
#include <random>

#include <gtest/gtest.h>

namespace mote::track {
namespace {

/// A neck seen for `frames` frames, a second apart, with noise of 0.05.
template <typename Ratio>
NeckHistory seen(int64_t frames, const Ratio& ratio) {
  std::mt19937 random(5);
  std::normal_distribution<double> noise(0, 0.05);
  NeckHistory history;
  for (int64_t i = 0; i < frames; ++i) {
    const auto time = static_cast<double>(i);
    history.add(time, ratio(time) + noise(random));
  }
  return history;
}

TEST(NeckHistory, OfADumbbellHasCeasedToGrow) {
  const NeckHistory history =
      seen(400, [](double time) { return 0.45 * (1 - std::exp(-time / 20)); });

  const auto growth = history.growth(0);

  ASSERT_TRUE(growth.has_value());
  EXPECT_NEAR(growth->ratio, 0.45, 0.01);
  EXPECT_NEAR(growth->growth, 0.007, 2 * growth->error);
  EXPECT_TRUE(has_ceased(*growth));
}

TEST(NeckHistory, ThatFollowsTheSlowestLawHasNotCeased) {
  const NeckHistory history =
      seen(4000, [](double time) { return 0.5 * std::pow((time + 1) / 4000, 1.0 / 7); });

  const auto growth = history.growth(0);

  // From the mean over 1/4 to 1/2 of the life to that over its latter half: times are twice as
  // long.
  ASSERT_TRUE(growth.has_value());
  EXPECT_NEAR(growth->growth, std::pow(2, 1.0 / 7) - 1, 2 * growth->error);
  EXPECT_FALSE(has_ceased(*growth));
}

TEST(NeckHistory, OfFewFramesDecidesNothing) {
  EXPECT_FALSE(seen(12, [](double) { return 0.4; }).growth(0).has_value());
  EXPECT_FALSE(has_ceased(*seen(18, [](double) { return 0.1; }).growth(0)));
}

TEST(NeckHistory, AveragesLongContactsInBoundedMemory) {
  const NeckHistory history = seen(100000, [](double) { return 0.4; });

  const auto growth = history.growth(0);

  ASSERT_TRUE(growth.has_value());
  EXPECT_NEAR(growth->ratio, 0.4, 0.001);
  EXPECT_LT(growth->error, 0.002);
  EXPECT_LE(history.blocks().size(), 256);
}

TEST(NeckHistory, TellsTheShareOfFramesInContact) {
  NeckHistory history;
  history.add(0, 0.3);
  history.add(1, -1);
  history.add(2, 2);
  history.add(3, 0.3);

  EXPECT_DOUBLE_EQ(history.share_touching(), 0.75);
}

}  // namespace
}  // namespace mote::track
