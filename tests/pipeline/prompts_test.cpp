#include "mote/pipeline/prompts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::pipeline {
namespace {

using ::testing::EndsWith;
using ::testing::ThrowsMessage;

constexpr Size kField = {.height = 300, .width = 512};

/// Whether a point, or a box where its text begins with x0, lies in the field.
void require_inside(const std::string& text, const RecordingOptions& recording = {}) {
  Job job;
  job.recording = recording;
  (text.starts_with("x0") ? job.boxes : job.points).push_back(text);
  Prompts(job).require_inside(kField);
}

TEST(PointPrompt, IsReadByTheNamesOfItsAxes) {
  EXPECT_EQ(parse_point("x=12.5,y=3"), (Point{3, 12.5}));
  EXPECT_EQ(parse_point("y=3,x=12.5"), (Point{3, 12.5}));
}

TEST(PointPrompt, RefusesWhatDoesNotNameBothAxesOnce) {
  for (const char* text : {"12,3", "x=12", "x=12,y=3,", "x=12,x=13,y=4", "x=12,y=a", "x=1,z=2",
                           "x=nan,y=3", "x=1,y=inf", ""}) {
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

TEST(Prompts, LieInTheField) {
  for (const char* text : {"x=0,y=0", "x=511,y=299", "x0=0,y0=0,x1=512,y1=300"}) {
    EXPECT_NO_THROW(require_inside(text)) << text;
  }
}

TEST(Prompts, RefuseWhatLiesOutsideTheField) {
  for (const char* text :
       {"x=512,y=4", "x=600,y=4", "x=-1,y=4", "x=4,y=300", "x=4,y=-0.5", "x0=10,y0=10,x1=513,y1=20",
        "x0=-1,y0=10,x1=20,y1=20", "x0=10,y0=290,x1=20,y1=301", "x0=600,y0=10,x1=700,y1=20"}) {
    EXPECT_THROW(require_inside(text), Error) << text;
  }
  EXPECT_THAT([] { require_inside("x=600,y=4"); },
              ThrowsMessage<Error>("--point x=600,y=4 lies outside the field of 512 x 300 px"));
}

TEST(Prompts, SayWhatTheyCountInWhereAPartOfTheRecordingIsTheField) {
  EXPECT_THAT([] { require_inside("x=600,y=4", {.bin = 2}); },
              ThrowsMessage<Error>(EndsWith("which --roi and --bin leave and prompts count in")));
}

}  // namespace
}  // namespace mote::pipeline
