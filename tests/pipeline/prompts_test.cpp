#include "mote/pipeline/prompts.h"

#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::pipeline {
namespace {

TEST(PointPrompt, IsReadByTheNamesOfItsAxes) {
  EXPECT_EQ(parse_point("x=12.5,y=3"), (Point{3, 12.5}));
  EXPECT_EQ(parse_point("y=3,x=12.5"), (Point{3, 12.5}));
}

TEST(PointPrompt, RefusesWhatDoesNotNameBothAxesOnce) {
  for (const char* text :
       {"12,3", "x=12", "x=12,y=3,", "x=12,x=13,y=4", "x=12,y=a", "x=1,z=2", ""}) {
    EXPECT_THROW(parse_point(text), Error) << text;
  }
}

TEST(BoxPrompt, IsReadByTheNamesOfItsEdges) {
  EXPECT_EQ(parse_box("x0=10,y0=20,x1=40,y1=25"), (Box{20, 10, 5, 30}));
}

TEST(BoxPrompt, RefusesWhatIsEmptyOrNotOfWholePixels) {
  for (const char* text : {"x0=10,y0=20,x1=10,y1=25", "x0=10,y0=20,x1=40.5,y1=25", "10,20,40,25",
                           "x0=10,y0=20,x1=1e12,y1=25", "x=1,y=2,w=3,h=4"}) {
    EXPECT_THROW(parse_box(text), Error) << text;
  }
}

}  // namespace
}  // namespace mote::pipeline
