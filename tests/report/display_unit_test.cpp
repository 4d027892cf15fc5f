#include "mote/report/display_unit.h"

#include <gtest/gtest.h>

namespace mote::report {
namespace {

TEST(DisplayUnit, IsMicrometresFromAThousandNanometresOn) {
  const PixelSize pixel{.y_nm = 350.877, .x_nm = 350.877, .relative_uncertainty = {}, .source = {}};

  EXPECT_EQ(length_unit(pixel, 2.8).name, "nm");
  EXPECT_EQ(length_unit(pixel, 2.9).name, "µm");
  EXPECT_DOUBLE_EQ(length_unit(pixel, 2.9).per_pixel, 0.350877);
  EXPECT_EQ(length_unit(pixel, 1e4).name, "mm");
}

TEST(DisplayUnit, KeepsTheTwoSidesOfAPixelApart) {
  const PixelSize pixel{.y_nm = 2000, .x_nm = 500, .relative_uncertainty = {}, .source = {}};

  const DisplayUnit unit = length_unit(pixel, 10);

  EXPECT_DOUBLE_EQ(unit.per_pixel, 1);
  EXPECT_DOUBLE_EQ(unit.per_pixel_y, 2);
  EXPECT_DOUBLE_EQ(unit.per_pixel_x, 0.5);
}

TEST(DisplayUnit, IsPixelsWhereThePixelSizeIsNotKnown) {
  EXPECT_EQ(length_unit({}, 1e6).name, "px");
  EXPECT_DOUBLE_EQ(length_unit({}, 1e6).per_pixel, 1);
  EXPECT_EQ(density_unit({}).name, "per 10⁶ px²");
  EXPECT_DOUBLE_EQ(density_unit({}).per_pixel, 1e6);
}

TEST(DisplayUnit, CountsPerSquareMicrometre) {
  const PixelSize pixel{.y_nm = 0.2, .x_nm = 0.2, .relative_uncertainty = {}, .source = {}};

  EXPECT_EQ(density_unit(pixel).name, "µm⁻²");
  EXPECT_DOUBLE_EQ(7e-5 * density_unit(pixel).per_pixel, 1750);
}

TEST(DisplayUnit, WritesLengthsWithoutAnExponent) {
  EXPECT_EQ(length_text(1052.6, 3), "1.05 µm");
  EXPECT_EQ(length_text(999.7, 3), "1 µm");
  EXPECT_EQ(length_text(999.7, 4), "999.7 nm");
  EXPECT_EQ(length_text(350.877, 4), "350.9 nm");
  EXPECT_EQ(length_text(0.2, 4), "0.2 nm");
}

}  // namespace
}  // namespace mote::report
