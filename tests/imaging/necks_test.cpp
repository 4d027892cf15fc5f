#include "mote/imaging/necks.h"

#include <cmath>

#include <gtest/gtest.h>

#include "mote/imaging/regions.h"
#include "tests/synthetic.h"

namespace mote::imaging {
namespace {

constexpr double kRadius = 14;
constexpr double kBlurPx = 1;
constexpr double kFilledGapPx = 1.5;

/// Two discs `distance_px` apart, blurred, thresholded at the half level and cut midway.
Segmentation blurred_pair(double distance_px) {
  const double middle = 40;
  const Grid<float> image =
      synthetic::blurred(synthetic::coverage({60, 80}, {{30, middle - distance_px / 2, kRadius},
                                                        {30, middle + distance_px / 2, kRadius}}),
                         kBlurPx);
  LabelImage labels(image.size());
  for (int64_t y = 0; y < labels.height(); ++y) {
    for (int64_t x = 0; x < labels.width(); ++x) {
      labels(y, x) = image(y, x) < 0.5F ? 0 : static_cast<double>(x) < middle ? 1 : 2;
    }
  }
  return segmentation_of(labels);
}

TEST(UnfillNecks, FindsTheNeckOfDiscsThatOverlap) {
  for (const double ratio : {0.3, 0.5, 0.7}) {
    Segmentation pair = blurred_pair(2 * kRadius * std::sqrt(1 - ratio * ratio));
    ASSERT_EQ(pair.necks.size(), 1u);
    const double before = pair.necks[0].ratio;

    unfill_necks(pair, kFilledGapPx);

    // Whole pixels: one of width is 0.04; the narrow neck was 0.5.
    EXPECT_NEAR(pair.necks[0].ratio, ratio, 0.08);
    EXPECT_GT(before, pair.necks[0].ratio + 0.03);
    EXPECT_NEAR(pair.necks[0].width_px / 2 / kRadius, pair.necks[0].ratio, 0.03);
  }
}

TEST(UnfillNecks, LeavesNoWidthWhereAGapWasFilled) {
  Segmentation pair = blurred_pair(2 * kRadius + 0.8);
  ASSERT_EQ(pair.necks.size(), 1u);
  ASSERT_GT(pair.necks[0].ratio, 0.1);

  unfill_necks(pair, kFilledGapPx);

  EXPECT_EQ(pair.necks[0].width_px, 0);
  EXPECT_EQ(pair.necks[0].ratio, 0);
}

TEST(UnfillNecks, ChangesNothingWhereNoGapIsFilled) {
  Segmentation pair = blurred_pair(2 * kRadius * 0.8);
  const std::vector<Neck> before = pair.necks;

  unfill_necks(pair, 0);

  ASSERT_EQ(pair.necks.size(), 1u);
  EXPECT_NEAR(pair.necks[0].ratio, before[0].ratio, 1e-6);
}

}  // namespace
}  // namespace mote::imaging
