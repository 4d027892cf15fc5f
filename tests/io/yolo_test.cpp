#include "mote/io/yolo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/mask_outline.h"
#include "tests/io/drawn_masks.h"

namespace mote::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

constexpr Size kSize{64, 80};

class YoloOf : public testing::TestWithParam<testing_support::DrawnMask> {};

TEST_P(YoloOf, ReadsBackAsTheLargestOutlineFilled) {
  const Mask& mask = GetParam().mask;
  Ring largest;
  for (const Ring& ring : outlines_of(mask)) {
    largest = signed_area_px(ring) > signed_area_px(largest) ? ring : largest;
  }

  const auto read = yolo_instances(yolo_line({.class_id = 3, .mask = mask}, kSize), kSize);

  EXPECT_THAT(read, ElementsAre(YoloInstance{.class_id = 3,
                                             .mask = filled({largest}, FillRule::kEvenOdd)}));
  EXPECT_EQ(read.at(0).mask == mask, fits_yolo(mask));
}

INSTANTIATE_TEST_SUITE_P(Drawn, YoloOf, testing::ValuesIn(testing_support::drawn_masks()),
                         [](const auto& mask) { return mask.param.name; });

TEST(Yolo, WritesCornersByTheSizeOfTheImage) {
  const Mask pixel{.runs = {{.y = 1, .x = 2, .length = 1}}};

  EXPECT_EQ(yolo_line({.mask = pixel}, {4, 10}),
            "0 0.200000 0.250000 0.300000 0.250000 0.300000 0.500000 0.200000 0.500000\n");
  EXPECT_EQ(yolo_line({}, {4, 10}), "");
}

TEST(Yolo, KeepsThePixelsOfLargeImages) {
  const Size large{60000, 65536};
  const Mask far{
      .runs = {{.y = 59998, .x = 65534, .length = 1}, {.y = 59999, .x = 65533, .length = 3}}};

  EXPECT_EQ(yolo_instances(yolo_line({.mask = far}, large), large).at(0).mask, far);
}

TEST(Yolo, RefusesLinesThatAreNone) {
  EXPECT_THAT(yolo_instances("\n \r\n", kSize), IsEmpty());
  EXPECT_THAT([] { yolo_instances("0 0.5 0.5 0.1 0.1", kSize); },
              ThrowsMessage<Error>(HasSubstr("line 1: a box: mote reads polygons")));
  EXPECT_THAT([] { yolo_instances("\n0 0 0 1 1 0.5", kSize); },
              ThrowsMessage<Error>(HasSubstr("line 2: a polygon of 5 numbers")));
  EXPECT_THAT([] { yolo_instances("0 0 0 1 1 0 2", kSize); },
              ThrowsMessage<Error>(HasSubstr("goes to x=0 y=2, expected 0 to 1")));
  EXPECT_THROW(yolo_instances("x 0 0 1 1 0 1", kSize), Error);
  EXPECT_THROW(yolo_instances("0.5 0 0 1 1 0 1", kSize), Error);
}

}  // namespace
}  // namespace mote::io
