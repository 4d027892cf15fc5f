#include "mote/segment/threshold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/synthetic.h"

namespace mote::segment {
namespace {

Segmentation segmented(const Grid<float>& image, const ThresholdOptions& options = {}) {
  const auto segmenter = make_threshold_segmenter(options);
  return segment_one(*segmenter, {image, BinaryImage()});
}

TEST(Threshold, FindsDarkAndBrightParticlesByItself) {
  const std::vector<synthetic::Disc> discs = {{30, 30, 12}, {64, 80, 16}, {100, 30, 9}};

  const auto dark = segmented(synthetic::image(
      {128, 128}, discs, {.background = 150, .particle = 60, .blur_px = 1, .noise_sd = 8}));
  const auto bright = segmented(synthetic::image(
      {128, 128}, discs, {.background = 60, .particle = 150, .blur_px = 1, .noise_sd = 8}));

  EXPECT_EQ(dark.regions.size(), 3);
  EXPECT_EQ(dark.values.at("bright"), 0);
  EXPECT_EQ(bright.regions.size(), 3);
  EXPECT_EQ(bright.values.at("bright"), 1);
}

TEST(Threshold, FindsNothingInNoise) {
  Grid<float> image({256, 256}, 100);
  synthetic::add_noise(image, 20, 5);

  const auto found = segmented(image);

  EXPECT_TRUE(found.regions.empty());
  EXPECT_THAT(found.warnings, testing::Contains(testing::HasSubstr("no particles")));
}

TEST(Threshold, FindsNothingInAnEvenImage) {
  EXPECT_TRUE(segmented(Grid<float>({64, 64}, 7)).regions.empty());
  EXPECT_TRUE(segmented(Grid<float>()).regions.empty());
}

}  // namespace
}  // namespace mote::segment
