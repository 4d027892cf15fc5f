#include "mote/io/motchallenge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::io {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StrEq;
using testing::ThrowsMessage;

TEST(MotBoxes, AreReadInOrderOfFrameAndId) {
  const std::vector<MotBox> boxes =
      mot_boxes("2, 7, 10.5, 20, 30, 40, 0.9, -1, -1, -1\n1,3,1,2,3,4\r\n");

  EXPECT_THAT(boxes, ElementsAre(MotBox{.frame = 0,
                                        .id = 3,
                                        .left_px = 1,
                                        .top_px = 2,
                                        .width_px = 3,
                                        .height_px = 4,
                                        .confidence = 1},
                                 MotBox{.frame = 1,
                                        .id = 7,
                                        .left_px = 10.5,
                                        .top_px = 20,
                                        .width_px = 30,
                                        .height_px = 40,
                                        .confidence = 0.9}));
  EXPECT_THAT(mot_boxes(""), IsEmpty());
}

TEST(MotBoxes, RefuseWhatIsNone) {
  EXPECT_THROW(mot_boxes("1,2,3,4,5"), Error);
  EXPECT_THROW(mot_boxes("0,1,1,1,1,1"), Error);
  EXPECT_THROW(mot_boxes("1,1.5,1,1,1,1"), Error);
  EXPECT_THROW(mot_boxes("1,1,1,1,-1,1"), Error);
  EXPECT_THROW(mot_boxes("1,1,nan,1,1,1"), Error);
  EXPECT_THROW(mot_boxes("frame,id,left,top,width,height"), Error);
  EXPECT_THROW(mot_boxes("1,1,1,1,1,1\n1,1,2,2,2,2"), Error);
}

// A reader makes room for every frame up to the last.
TEST(MotBoxes, RefuseAFrameNumberThatNoRecordingHas) {
  EXPECT_EQ(mot_boxes("10000000,1,1,1,1,1").size(), 1);
  EXPECT_THROW(mot_boxes("10000001,1,1,1,1,1"), Error);
  EXPECT_THAT(
      [] { mot_boxes("1,1,1,1,1,1\n2000000000,1,1,1,1,1"); },
      ThrowsMessage<Error>(StrEq("line 2: frame 2000000000, expected 10000000 at the most")));
}

}  // namespace
}  // namespace mote::io
