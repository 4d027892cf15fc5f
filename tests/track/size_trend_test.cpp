#include "mote/track/size_trend.h"

#include <numbers>
#include <vector>

#include <gtest/gtest.h>

namespace mote::track {
namespace {

std::vector<SizeSample> radii(const std::vector<double>& radii_px) {
  std::vector<SizeSample> samples;
  for (const double radius_px : radii_px) {
    samples.push_back({.frame = static_cast<int64_t>(samples.size()) + 10,
                       .area_px = std::numbers::pi * radius_px * radius_px});
  }
  return samples;
}

TEST(SizeTrend, IsTheLineThroughRadii) {
  const SizeTrend trend = size_trend(radii({10.1, 8.9, 8.1, 6.9, 6.1, 4.9})).value();

  EXPECT_NEAR(trend.per_frame_px, -1.0171, 1e-4);
  EXPECT_NEAR(trend.first_px, 10.0429, 1e-4);
  EXPECT_NEAR(trend.last_px, 4.9571, 1e-4);
  EXPECT_EQ(trend.frames, 5);
}

TEST(SizeTrend, NeedsFiveSamples) {
  EXPECT_FALSE(size_trend(radii({10, 8, 6, 4})).has_value());
}

TEST(SizeTrend, FallingTowardsNothingIsDissolving) {
  EXPECT_TRUE(is_dissolving(*size_trend(radii({9, 8.4, 7.5, 6.3, 5.2, 3.9}))));
}

TEST(SizeTrend, GrowingFromNothingIsNucleating) {
  EXPECT_TRUE(is_nucleating(*size_trend(radii({3.9, 5.2, 6.3, 7.5, 8.4, 9}))));
}

TEST(SizeTrend, AFullSizeThatScattersIsNeither) {
  const SizeTrend trend = *size_trend(radii({9.1, 8.9, 9, 9.2, 8.8, 9}));

  EXPECT_FALSE(is_dissolving(trend));
  EXPECT_FALSE(is_nucleating(trend));
}

// It fell surely, by a tenth, and was far from gone.
TEST(SizeTrend, ALittleFallIsNotDissolving) {
  EXPECT_FALSE(is_dissolving(*size_trend(radii({10, 9.8, 9.6, 9.4, 9.2, 9}))));
}

TEST(SizeTrend, ASizeThatNeverChangesHasNoSignificance) {
  EXPECT_EQ(size_trend(radii({5, 5, 5, 5, 5}))->significance, 0);
}

}  // namespace
}  // namespace mote::track
