#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/demo_run.h"

namespace mote::cli {
namespace {

using testing::IsEmpty;
using testing_support::mistakes;
using testing_support::mixed_tracks;

class TrackedDemo : public testing::TestWithParam<uint64_t> {};

TEST_P(TrackedDemo, HasItsEventsFoundAtTheDefaultOptions) {
  const SimulatedDemo demo(GetParam());

  const DemoRun run = demo.tracked();

  EXPECT_THAT(mistakes(run), IsEmpty());
  EXPECT_THAT(mixed_tracks(run), IsEmpty());
  EXPECT_EQ(run.found.tracks.size(), run.truth.tracks.size());
}

INSTANTIATE_TEST_SUITE_P(Program, TrackedDemo, testing::Values(1, 2));

}  // namespace
}  // namespace mote::cli
