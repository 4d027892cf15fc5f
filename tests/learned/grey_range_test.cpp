#include "mote/learned/grey_range.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::learned {
namespace {

/// 0, 1, ... 9999.
Grid<float> ramp() {
  Grid<float> image({100, 100});
  std::iota(image.values().begin(), image.values().end(), 0.0F);
  return image;
}

TEST(GreyRange, LeavesAThousandthOfThePixelsOutAtEitherEnd) {
  const GreyRange range = grey_range(ramp(), {}, std::nullopt, std::nullopt);

  EXPECT_EQ(range.black, 10);
  EXPECT_EQ(range.white, 9989);
}

TEST(GreyRange, DoesNotSeeExcludedPixelsOrWhatIsNoNumber) {
  Grid<float> image = ramp();
  BinaryImage excluded(image.size());
  for (size_t i = 5000; i < 10000; ++i) {
    excluded.values()[i] = 1;
  }
  image.values()[0] = std::numeric_limits<float>::quiet_NaN();
  image.values()[1] = -std::numeric_limits<float>::infinity();

  const GreyRange range = grey_range(image, excluded, std::nullopt, std::nullopt);

  EXPECT_EQ(range.black, 7);
  EXPECT_EQ(range.white, 4994);
}

TEST(GreyRange, IsWhatWasGiven) {
  EXPECT_EQ(grey_range(ramp(), {}, 3, std::nullopt).black, 3);
  EXPECT_EQ(grey_range(ramp(), {}, std::nullopt, 4).white, 4);
  EXPECT_THROW(require_grey_range(4, 4), Error);
  EXPECT_NO_THROW(require_grey_range(3, 4));
}

TEST(GreyRange, MakesLevelsFromBlackToWhite) {
  Grid<float> image({1, 4});
  const auto nothing = std::numeric_limits<float>::quiet_NaN();
  std::ranges::copy(std::array{0.0F, 2.0F, 3.0F, nothing}, image.data());

  const torch::Tensor levels = grey_levels(image, {.black = 1, .white = 3}, torch::kCPU);

  EXPECT_TRUE(levels.equal(torch::tensor({{0.0F, 0.5F, 1.0F, 0.0F}})));
}

TEST(GreyRange, IsTheSameAfterSavingAndLoading) {
  ByteWriter out;
  put_range(out, GreyRange{.black = 1.5, .white = 7});
  put_range(out, std::nullopt);
  const std::string state = out.take();
  ByteReader in(state);

  const std::optional<GreyRange> known = get_range(in);

  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->black, 1.5);
  EXPECT_EQ(known->white, 7);
  EXPECT_FALSE(get_range(in).has_value());
}

}  // namespace
}  // namespace mote::learned
