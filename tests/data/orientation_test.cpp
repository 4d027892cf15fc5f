#include "mote/data/orientation.h"

#include <set>

#include <gtest/gtest.h>

namespace mote::data {
namespace {

Grid<int32_t> numbered(Size size) {
  Grid<int32_t> image(size);
  for (int64_t i = 0; i < size.area(); ++i) {
    image.data()[i] = static_cast<int32_t>(i);
  }
  return image;
}

TEST(Orientation, AQuarterTurnGoesCounterClockwise) {
  const Grid<int32_t> image({2, 3}, {1, 2, 3,  //
                                     4, 5, 6});

  const Grid<int32_t> laid = oriented(image, {.quarter_turns = 1});

  EXPECT_EQ(laid, Grid<int32_t>({3, 2}, {3, 6,  //
                                         2, 5,  //
                                         1, 4}));
}

TEST(Orientation, TurnsBeforeItMirrors) {
  const Grid<int32_t> image({2, 3}, {1, 2, 3,  //
                                     4, 5, 6});

  const Grid<int32_t> laid = oriented(image, {.quarter_turns = 1, .mirrored = true});

  EXPECT_EQ(laid, Grid<int32_t>({3, 2}, {6, 3,  //
                                         5, 2,  //
                                         4, 1}));
}

TEST(Orientation, HasEightThatDiffer) {
  const Grid<int32_t> image = numbered({3, 3});

  std::set<std::vector<int32_t>> seen;
  for (const Orientation orientation : orientations()) {
    const Grid<int32_t> laid = oriented(image, orientation);
    seen.insert({laid.values().begin(), laid.values().end()});
  }

  EXPECT_EQ(seen.size(), 8);
}

class EachOrientation : public testing::TestWithParam<Orientation> {};

TEST_P(EachOrientation, MapsABoxBackToThePixelsThatItShows) {
  const Grid<int32_t> image = numbered({5, 7});
  const Grid<int32_t> laid = oriented(image, GetParam());
  const Box box{1, 2, 3, 2};

  const Box back = original(box, image.size(), GetParam());

  std::set<int32_t> shown;
  std::set<int32_t> meant;
  for (int64_t i = 0; i < 6; ++i) {
    shown.insert(laid(box.y + i / box.width, box.x + i % box.width));
    meant.insert(image(back.y + i / back.width, back.x + i % back.width));
  }
  EXPECT_EQ(meant, shown);
}

INSTANTIATE_TEST_SUITE_P(All, EachOrientation, testing::ValuesIn(orientations()));

}  // namespace
}  // namespace mote::data
