#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/track/demo_run.h"

namespace mote::track {
namespace {

using testing::IsEmpty;
using testing_support::mistakes;

class DemoOfSeed : public testing::TestWithParam<uint64_t> {};

TEST_P(DemoOfSeed, HasItsEventsFound) {
  const DemoRun run = track_demo({.seed = GetParam()});

  EXPECT_THAT(mistakes(run), IsEmpty());
  EXPECT_EQ(run.homeless_instances, 0);
}

INSTANTIATE_TEST_SUITE_P(OverlapTracker, DemoOfSeed, testing::Range<uint64_t>(1, 21));

}  // namespace
}  // namespace mote::track
