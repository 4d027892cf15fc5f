#include "mote/pipeline/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::pipeline {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Frames, AreAllWithoutASelection) {
  EXPECT_EQ(parse_frames("", 7), (Selection{0, 1, 7}));
  EXPECT_EQ(parse_frames(":", 7), (Selection{0, 1, 7}));
  EXPECT_EQ(parse_frames("::", 7), (Selection{0, 1, 7}));
}

TEST(Frames, FollowPythonsRulesForSlices) {
  EXPECT_EQ(parse_frames("2:5", 10), (Selection{2, 1, 3}));
  EXPECT_EQ(parse_frames("2:", 10), (Selection{2, 1, 8}));
  EXPECT_EQ(parse_frames(":-3", 10), (Selection{0, 1, 7}));
  EXPECT_EQ(parse_frames("-3:", 10), (Selection{7, 1, 3}));
  EXPECT_EQ(parse_frames("1:10:4", 10), (Selection{1, 4, 3}));
  EXPECT_EQ(parse_frames("::3", 10), (Selection{0, 3, 4}));
  EXPECT_EQ(parse_frames("-100:100", 10), (Selection{0, 1, 10}));
  EXPECT_EQ(parse_frames(" 2 : 5 ", 10), (Selection{2, 1, 3}));
}

TEST(Frames, MayBeASingleOne) {
  EXPECT_EQ(parse_frames("4", 10), (Selection{4, 1, 1}));
  EXPECT_EQ(parse_frames("-1", 10), (Selection{9, 1, 1}));
  EXPECT_THAT([] { parse_frames("10", 10); }, ThrowsMessage<Error>(HasSubstr("has 10 frames")));
}

TEST(Frames, AreRefusedWhereNoneIsSelected) {
  for (const char* text : {"5:5", "8:2", "10:", ":0", "-2:-5"}) {
    EXPECT_THAT([&] { parse_frames(text, 10); }, ThrowsMessage<Error>(HasSubstr("selects none")))
        << text;
  }
}

TEST(Frames, AreRefusedWhereTimeWouldStandStillOrRunBackwards) {
  EXPECT_THAT([] { parse_frames("::0", 10); }, ThrowsMessage<Error>(HasSubstr("the step is 0")));
  EXPECT_THAT([] { parse_frames("::-1", 10); }, ThrowsMessage<Error>(HasSubstr("the step is -1")));
}

TEST(Frames, AreRefusedWhereTheTextIsNoSlice) {
  for (const char* text :
       {"a", "1:b", "1:2:3:4", "1.5:", "1:2:x", "99999999999999999999:", "1-5"}) {
    EXPECT_THAT([&] { parse_frames(text, 10); }, ThrowsMessage<Error>(HasSubstr("A:B:STEP")))
        << text;
  }
}

TEST(Roi, IsTheWholeFieldWithoutText) {
  EXPECT_EQ(parse_roi("", {40, 60}), (Box{0, 0, 40, 60}));
}

TEST(Roi, TakesItsPartsInAnyOrderAndFillsInTheBorder) {
  EXPECT_EQ(parse_roi("x=5,y=6,w=7,h=8", {40, 60}), (Box{6, 5, 8, 7}));
  EXPECT_EQ(parse_roi("h=8, w=7, y=6, x=5", {40, 60}), (Box{6, 5, 8, 7}));
  EXPECT_EQ(parse_roi("h=30", {40, 60}), (Box{0, 0, 30, 60}));
  EXPECT_EQ(parse_roi("x=10", {40, 60}), (Box{0, 10, 40, 50}));
}

TEST(Roi, IsRefusedWhereItDoesNotLieWithinTheField) {
  for (const char* text : {"x=60", "x=-1", "w=61", "x=30,w=31", "w=0", "h=-4", "y=40,h=1",
                           "x=9223372036854775807,w=9223372036854775807"}) {
    EXPECT_THAT(
        [&] {
          parse_roi(text, {40, 60});
        },
        ThrowsMessage<Error>(HasSubstr("within the field of 60 x 40 px")))
        << text;
  }
}

TEST(Roi, IsRefusedWhereTheTextIsNoRegion) {
  for (const char* text : {"5,6,7,8", "x=1,x=2", "z=3", "x=", "x=1.5", "x=1,", "x=1;y=2"}) {
    EXPECT_THAT(
        [&] {
          parse_roi(text, {40, 60});
        },
        ThrowsMessage<Error>(HasSubstr("expected x=")))
        << text;
  }
}

}  // namespace
}  // namespace mote::pipeline
