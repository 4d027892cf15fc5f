#include "mote/imaging/finite.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::imaging {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr Box kWhole = {0, 0, 50, 40};

Image plane(float value) {
  return to_image(Grid<float>({50, 40}, value));
}

TEST(RepairNonFinite, PutsTheMedianOfTheSurroundInPlace) {
  Image image = plane(3);
  image.as<float>()[0] = NAN;
  image.as<float>()[1] = INFINITY;
  image.as<float>()[40] = 9;

  EXPECT_EQ(repair_non_finite(image, kWhole), 2);
  EXPECT_EQ(image.as<float>()[0], 9);  // of (3, 9) the upper
  EXPECT_EQ(image.as<float>()[1], 3);
}

TEST(RepairNonFinite, RefusesMoreThanOneInAThousand) {
  Image image = plane(3);
  image.as<float>()[5 * 40 + 1] = NAN;
  image.as<float>()[7 * 40 + 2] = NAN;
  image.as<float>()[9 * 40 + 3] = NAN;

  EXPECT_THAT([&] { repair_non_finite(image, kWhole); },
              ThrowsMessage<Error>("3 of 2000 samples are not finite, the first at y=5 x=1"));
}

TEST(RepairNonFinite, LeavesWhatLiesOutsideTheBoxAlone) {
  Image image = plane(3);
  for (int i = 0; i < 40; ++i) {
    image.as<float>()[i] = NAN;
  }

  EXPECT_EQ(repair_non_finite(image, {1, 0, 49, 40}), 0);
  EXPECT_TRUE(std::isnan(image.as<float>()[0]));
}

TEST(RepairNonFinite, TakesADoubleThatNoFloatHoldsForInfinite) {
  Image image({50, 40}, SampleType::kFloat64);
  image.as<double>()[7] = 1e300;

  EXPECT_EQ(repair_non_finite(image, kWhole), 1);
  EXPECT_EQ(image.as<double>()[7], 0);
}

TEST(RepairNonFinite, RefusesAFrameOfNothingElse) {
  Image image = plane(NAN);

  EXPECT_THAT([&] { repair_non_finite(image, kWhole); },
              ThrowsMessage<Error>(HasSubstr("2000 of 2000")));
}

}  // namespace
}  // namespace mote::imaging
