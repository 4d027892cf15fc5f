#include "mote/io/grey.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace mote::io {
namespace {

TEST(Grey, IsTheLumaOfBt601Rounded) {
  const std::array<uint8_t, 12> colour{255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30};
  std::array<uint8_t, 4> grey{};

  grey_row(colour.data(), 4, 3, grey.data());

  // 76.245, 149.685, 29.07 and 18.15.
  EXPECT_EQ(grey, (std::array<uint8_t, 4>{76, 150, 29, 18}));
}

TEST(Grey, LeavesGreyAsItIs) {
  std::vector<uint16_t> colour;
  std::vector<uint16_t> expected;
  for (uint32_t value = 0; value < 65536; ++value) {
    colour.insert(colour.end(), 3, static_cast<uint16_t>(value));
    expected.push_back(static_cast<uint16_t>(value));
  }
  std::vector<uint16_t> grey(65536);

  grey_row(colour.data(), 65536, 3, grey.data());

  EXPECT_EQ(grey, expected);
}

TEST(Grey, IgnoresAlphaAndWhateverFollows) {
  const std::array<uint8_t, 8> rgba{1, 1, 1, 200, 2, 2, 2, 0};
  const std::array<uint8_t, 10> five{1, 1, 1, 200, 9, 2, 2, 2, 0, 9};
  std::array<uint8_t, 2> grey{};

  grey_row(rgba.data(), 2, 4, grey.data());
  EXPECT_EQ(grey, (std::array<uint8_t, 2>{1, 2}));
  grey_row(five.data(), 2, 5, grey.data());
  EXPECT_EQ(grey, (std::array<uint8_t, 2>{1, 2}));
}

TEST(Grey, WorksInPlace) {
  std::array<float, 6> row{0.5F, 0.5F, 0.5F, 1.0F, 0.0F, 0.0F};

  grey_row(row.data(), 2, 3, row.data());

  EXPECT_FLOAT_EQ(row[0], 0.5F);
  EXPECT_FLOAT_EQ(row[1], 0.299F);
}

}  // namespace
}  // namespace mote::io
