#include "mote/imaging/outline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/imaging/components.h"
#include "tests/synthetic.h"

namespace mote::imaging {
namespace {

Grid<float> halves(const BinaryImage& mask) {
  Grid<float> field(mask.size());
  for (size_t i = 0; i < field.values().size(); ++i) {
    field.values()[i] = mask.values()[i] != 0 ? 1.0F : -1.0F;
  }
  return field;
}

TEST(Outline, OfAPixelIsADiamondOfHalfItsArea) {
  BinaryImage mask({5, 5});
  mask(2, 3) = 1;

  const auto outlines = outlines_of(mask, halves(mask));

  ASSERT_EQ(outlines.size(), 1);
  EXPECT_EQ(outlines[0].points.size(), 4);
  EXPECT_NEAR(signed_area(outlines[0]), 0.5, 1e-12);
}

TEST(Outline, HolesHaveNegativeArea) {
  BinaryImage mask({7, 7}, 1);
  mask(3, 3) = 0;
  mask(3, 4) = 0;

  const auto outlines = outlines_of(mask, halves(mask));

  ASSERT_EQ(outlines.size(), 2);
  EXPECT_NEAR(signed_area(outlines[1]), -1.5, 1e-12);
  EXPECT_TRUE(std::all_of(outlines[0].on_border.begin(), outlines[0].on_border.end(),
                          [](uint8_t on) { return on == 1; }));
}

TEST(Outline, JoinsPixelsAtCorners) {
  const BinaryImage mask({4, 4}, {0, 0, 0, 0,  //
                                  0, 1, 0, 0,  //
                                  0, 0, 1, 0,  //
                                  0, 0, 0, 0});

  EXPECT_EQ(outlines_of(mask, halves(mask)).size(), 1);
}

TEST(Outline, PassesWhereTheFieldIsZero) {
  const std::vector<synthetic::Disc> discs = {{20.3, 18.8, 10.4}};
  Grid<float> field({40, 40});
  BinaryImage mask({40, 40});
  for (int64_t y = 0; y < 40; ++y) {
    for (int64_t x = 0; x < 40; ++x) {
      field(y, x) = static_cast<float>(
          10.4 - std::hypot(static_cast<double>(y) - 20.3, static_cast<double>(x) - 18.8));
      mask(y, x) = field(y, x) > 0;
    }
  }

  const auto outlines = outlines_of(mask, field);

  ASSERT_EQ(outlines.size(), 1);
  for (const Point& point : outlines[0].points) {
    EXPECT_NEAR(std::hypot(point.y_px - 20.3, point.x_px - 18.8), 10.4, 0.02);
  }
}

TEST(Outline, CoverageIsTheAreaInEachPixel) {
  const synthetic::Disc disc{20.3, 18.8, 10.4};
  Outline outline;
  for (int i = 0; i < 4000; ++i) {
    const double angle = 2 * std::numbers::pi * i / 4000;
    outline.points.push_back({disc.y_px + disc.radius_px * std::sin(angle),
                              disc.x_px + disc.radius_px * std::cos(angle)});
  }
  outline.on_border.assign(outline.points.size(), 0);

  Grid<float> covered({40, 40});
  add_area_coverage({outline}, covered);

  const auto exact = synthetic::coverage({40, 40}, {disc});
  for (size_t i = 0; i < covered.values().size(); ++i) {
    EXPECT_NEAR(covered.values()[i], exact.values()[i], 1e-5);
  }
}

TEST(Outline, CoverageOfLongEdgesIsExact) {
  // A triangle whose edges cross many columns in one row.
  const Outline triangle{{{0.5, 0.5}, {0.5, 20.5}, {2.5, 20.5}}, {0, 0, 0}};

  Grid<float> covered({5, 24});
  add_area_coverage({triangle}, covered);

  EXPECT_NEAR(synthetic::sum(covered), 20, 1e-4);
  EXPECT_NEAR(covered(1, 20), 1, 1e-5);
  EXPECT_NEAR(covered(1, 5), 0.45, 1e-5);
  EXPECT_NEAR(covered(2, 15), 0.45, 1e-5);
}

TEST(Outline, WhatLiesOffTheImageIsCutOff) {
  const Outline square{{{-3, -3}, {-3, 1}, {1, 1}, {1, -3}}, {0, 0, 0, 0}};

  Grid<float> covered({4, 4});
  add_area_coverage({square}, covered);

  EXPECT_NEAR(synthetic::sum(covered), 1.5 * 1.5, 1e-5);
}

TEST(Outline, OfAFullImageIsItsFrame) {
  const BinaryImage mask({6, 9}, 1);

  const auto outlines = outlines_of(mask, halves(mask));
  Grid<float> covered(mask.size());
  add_area_coverage(outlines, covered);

  // The four corners are cut.
  EXPECT_NEAR(synthetic::sum(covered), 6 * 9 - 4 * 0.125, 1e-5);
}

}  // namespace
}  // namespace mote::imaging
