#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/track/demo_run.h"

namespace mote::track {
namespace {

using testing::IsEmpty;
using testing_support::mistakes;

TEST(OverlapTracker, FindsTheEventsOfTheDemo) {
  const DemoRun run = track_demo({.seed = 1});

  EXPECT_THAT(mistakes(run), IsEmpty());
  EXPECT_EQ(run.homeless_instances, 0);
}

}  // namespace
}  // namespace mote::track
