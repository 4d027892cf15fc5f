#include "mote/imaging/resemblance.h"

#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "tests/synthetic.h"

namespace mote::imaging {
namespace {

constexpr Size kField{.height = 128, .width = 128};

TEST(Resemblance, IsHighWhereParticlesMoveLessThanTheirSize) {
  const auto before = synthetic::image(kField, {{.y_px = 40, .x_px = 40, .radius_px = 12}},
                                       {.noise_sd = 5, .seed = 1});
  const auto after = synthetic::image(kField, {{.y_px = 42, .x_px = 43, .radius_px = 12}},
                                      {.noise_sd = 5, .seed = 2});

  EXPECT_GT(resemblance(before, after).value(), 0.7);
}

TEST(Resemblance, IsLowWhereTheParticlesAreOthers) {
  const auto one = synthetic::image(kField, {{.y_px = 40, .x_px = 40, .radius_px = 12}},
                                    {.noise_sd = 5, .seed = 1});
  const auto other = synthetic::image(kField, {{.y_px = 90, .x_px = 90, .radius_px = 20}},
                                      {.noise_sd = 5, .seed = 2});

  EXPECT_LT(resemblance(one, other).value(), 0.2);
}

TEST(Resemblance, IsNotToldFromNoiseAlone) {
  const auto one = synthetic::image(kField, {}, {.noise_sd = 10, .seed = 1});
  const auto other = synthetic::image(kField, {}, {.noise_sd = 10, .seed = 2});

  EXPECT_FALSE(resemblance(one, other).has_value());
}

TEST(Resemblance, RefusesImagesOfOtherSizes) {
  EXPECT_THROW(resemblance(Grid<float>(kField), Grid<float>({.height = 3, .width = 4})), Error);
}

}  // namespace
}  // namespace mote::imaging
