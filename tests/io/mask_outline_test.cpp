#include "mote/io/mask_outline.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "tests/io/drawn_masks.h"

namespace mote::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::ThrowsMessage;

class OutlineOf : public testing::TestWithParam<testing_support::DrawnMask> {};

TEST_P(OutlineOf, FillsToTheSamePixelsByBothRules) {
  const std::vector<Ring> rings = outlines_of(GetParam().mask);

  EXPECT_EQ(filled(rings, FillRule::kEvenOdd), GetParam().mask);
  EXPECT_EQ(filled(rings, FillRule::kNonZero), GetParam().mask);
}

TEST_P(OutlineOf, HasTheAreaOfTheMask) {
  double area = 0;
  for (const Ring& ring : outlines_of(GetParam().mask)) {
    area += signed_area_px(ring);
  }

  EXPECT_EQ(area, static_cast<double>(GetParam().mask.area_px()));
}

INSTANTIATE_TEST_SUITE_P(Drawn, OutlineOf, testing::ValuesIn(testing_support::drawn_masks()),
                         [](const auto& mask) { return mask.param.name; });

TEST(MaskOutline, HasOnlyCorners) {
  const Mask rectangle =
      mask_where({.y = 2, .x = 3, .height = 4, .width = 9}, [](auto, auto) { return true; });

  EXPECT_THAT(outlines_of(rectangle),
              ElementsAre(ElementsAre(Corner{2, 3}, Corner{2, 12}, Corner{6, 12}, Corner{6, 3})));
}

TEST(MaskOutline, IsOneRingWherePiecesTouchAtACorner) {
  const Mask touching{.runs = {{.y = 0, .x = 0, .length = 1}, {.y = 1, .x = 1, .length = 1}}};

  EXPECT_THAT(outlines_of(touching), SizeIs(1));
  EXPECT_THAT(outlines_of({}), IsEmpty());
}

TEST(Filled, GivesACentreOnAnEdgeToTheLeftAndTheTop) {
  EXPECT_THAT(filled({{{0.5, 0.5}, {0.5, 2.5}, {2.5, 2.5}, {2.5, 0.5}}}, FillRule::kEvenOdd).runs,
              ElementsAre(mote::Run{0, 1, 2}, mote::Run{1, 1, 2}));
}

TEST(Filled, TellsTheRulesApart) {
  const Ring square{{0, 0}, {0, 4}, {4, 4}, {4, 0}};
  const Ring within{{0, 1}, {0, 2}, {1, 2}, {1, 1}};

  EXPECT_THAT(filled({square, within}, FillRule::kEvenOdd).runs.at(0), (mote::Run{0, 0, 1}));
  EXPECT_THAT(filled({square, within}, FillRule::kNonZero).runs.at(0), (mote::Run{0, 0, 4}));
}

TEST(Filled, CutsOffWhatLiesAboveOrLeftOfTheImage) {
  EXPECT_THAT(filled({{{-3, -3}, {-3, 2}, {1, 2}, {1, -3}}}, FillRule::kEvenOdd).runs,
              ElementsAre(mote::Run{0, 0, 2}));
}

TEST(Filled, RefusesWhatIsTooFarOrNoNumber) {
  const double nan = std::numeric_limits<double>::quiet_NaN();

  EXPECT_THAT(
      [] {
        filled({{{0, 0}, {0, 2e6}, {3, 3}}}, FillRule::kEvenOdd);
      },
      ThrowsMessage<Error>(HasSubstr("an outline goes to x=2000000 y=0")));
  EXPECT_THROW(filled({{{0, 0}, {1, 1}, {1e30, 4}}}, FillRule::kEvenOdd), Error);
  EXPECT_THROW(filled({{{0, 0}, {nan, 4}, {3, 3}}}, FillRule::kEvenOdd), Error);
}

TEST(Filled, RefusesOutlinesThatCrossThemselvesTooOften) {
  Ring zigzag;
  for (int i = 0; i < 1000; ++i) {
    zigzag.push_back({.y = i % 2 == 0 ? 0.0 : 60000.0, .x = 2.0 * i});
  }

  EXPECT_THAT([&] { filled({zigzag}, FillRule::kEvenOdd); },
              ThrowsMessage<Error>(HasSubstr("crosses itself more than 4000000 times")));
}

TEST(Filled, RefusesOutlinesThatTakeMinutes) {
  Ring steep;
  for (int i = 0; i < 4000; ++i) {
    steep.push_back({.y = i % 2 == 0 ? 0.0 : 60000.0, .x = 5});
  }

  EXPECT_THAT([&] { filled({steep}, FillRule::kEvenOdd); },
              ThrowsMessage<Error>(HasSubstr("crosses rows more than 100000000 times")));
}

}  // namespace
}  // namespace mote::io
