#include "mote/imaging/lone_pixels.h"

#include <gtest/gtest.h>

#include "tests/synthetic.h"

namespace mote::imaging {
namespace {

TEST(LonePixels, AreNoneInAMaskAndMostOfAPhotograph) {
  Grid<float> mask({.height = 8, .width = 8});
  for (int64_t y = 2; y < 6; ++y) {
    mask(y, 3) = mask(y, 4) = 255;
  }
  const Grid<float> photograph =
      synthetic::image({.height = 64, .width = 64}, {}, {.noise_sd = 10, .seed = 1});

  const LonePixels of_mask = lone_pixels(mask);
  const LonePixels of_photograph = lone_pixels(photograph);

  EXPECT_EQ(of_mask.nonzero, 8);
  EXPECT_EQ(of_mask.lone, 0);
  EXPECT_EQ(of_photograph.nonzero, 64 * 64);
  EXPECT_GT(of_photograph.lone, 0.9 * 64 * 64);
}

}  // namespace
}  // namespace mote::imaging
