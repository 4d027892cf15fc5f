#include "mote/core/calibration.h"

#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote {
namespace {

TEST(PixelSize, ReadsALengthWithItsUnitAndUncertainty) {
  const PixelSize size = parse_pixel_size("2.1 Å±2%", "--pixel-size");

  EXPECT_DOUBLE_EQ(size.y_nm, 0.21);
  EXPECT_DOUBLE_EQ(size.x_nm, 0.21);
  EXPECT_DOUBLE_EQ(size.relative_uncertainty.value(), 0.02);
  EXPECT_EQ(size.source, "--pixel-size");
}

TEST(PixelSize, ReadsHeightByWidthWherePixelsAreNotSquare) {
  const PixelSize size = parse_pixel_size("0.2x0.3µm", "");

  EXPECT_DOUBLE_EQ(size.y_nm, 200);
  EXPECT_DOUBLE_EQ(size.x_nm, 300);
}

TEST(PixelSize, RefusesWhatIsNoLength) {
  for (const char* text : {"", "0.2", "nm", "-1nm", "0nm", "nan nm", "1e400nm", "0.2 s", "0.2nm±2",
                           "0.2nm±200%", "0.2x0nm", "0.2nm extra"}) {
    EXPECT_THROW(parse_pixel_size(text, ""), Error) << text;
  }
}

TEST(FrameInterval, ReadsTimesAndRates) {
  EXPECT_DOUBLE_EQ(parse_frame_interval("40ms", "").seconds, 0.04);
  EXPECT_DOUBLE_EQ(parse_frame_interval("25fps", "").seconds, 0.04);
  EXPECT_DOUBLE_EQ(parse_frame_interval("2 min", "").seconds, 120);
}

TEST(FrameInterval, RefusesWhatIsNoTime) {
  for (const char* text : {"", "5", "0s", "-1s", "1nm", "inf s"}) {
    EXPECT_THROW(parse_frame_interval(text, ""), Error) << text;
  }
}

}  // namespace
}  // namespace mote
